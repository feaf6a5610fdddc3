import { setImmediate as turn } from 'node:timers/promises'
import { createCipher } from '../../src/crypto/encryption.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { openDatabase } from '../../src/store/open-database.ts'
import { readStoreAddress } from '../../src/store/store-address.ts'

const batch = 500
export const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
export const memberIdOf = (index: number): string => index.toString(16).padStart(8, '0').repeat(4)

/** Stores so many installed portals. */
export async function fillStore (url: string, rows: number): Promise<void> {
  const { encrypt } = createCipher(keyRing.derive('store'))
  const { db, changes } = await openDatabase(readStoreAddress(url))
  for (let start = 0; start < rows; start += batch) {
    await db.insertInto('installations').values(Array.from({ length: Math.min(batch, rows - start) }, (_, index) => {
      const memberId = memberIdOf(start + index)
      const secret = (column: string) => encrypt(memberId + memberId, memberId, column)
      return {
        member_id: memberId,
        domain: `portal-${start + index}.bitrix24.com`,
        client_endpoint: `https://portal-${start + index}.bitrix24.com/rest/`,
        server_endpoint: 'https://oauth.bitrix.info/rest/',
        scope: 'crm,placement,user_brief',
        status: 'L',
        application_token: secret('application_token'),
        access_token: secret('access_token'),
        refresh_token: secret('refresh_token'),
        expires_at: 3_600_000,
        user_id: 1,
        installed_at: start,
        updated_at: start,
        token_version: 1,
        refreshed_at: start
      }
    })).execute()
    await turn()
  }
  await changes.close()
  await db.destroy()
}
