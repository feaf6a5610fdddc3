import type { Kysely } from 'kysely'
import { memberHash } from '../logger.ts'
import type { Database, InstallationRow } from './database.ts'
import type { Cipher } from './encryption.ts'

const secrets = ['application_token', 'access_token', 'refresh_token'] as const
// Short enough that nobody waits for the write lock of SQLite.
const batchSize = 100

export interface RotationReport {
  /** Rows that were written with an older key and now are with the newest */
  rewritten: number
  /** `memberHash` of each portal with a secret that no key opens; they are left as they are */
  unreadable: Set<string>
}

/**
 * Encrypts with the newest key what an older one encrypted, in batches, while services go on reading and writing.
 * In: `onBatch` is told how many rows were rewritten so far. Rejects with the error of the database; it may be run again.
 */
export async function rotateKeys (db: Kysely<Database>, cipher: Cipher, onBatch?: (rewritten: number) => void): Promise<RotationReport> {
  const report: RotationReport = { rewritten: 0, unreadable: new Set() }

  const renewed = (row: Pick<InstallationRow, 'member_id' | typeof secrets[number]>) => {
    const changes: Array<{ column: typeof secrets[number], from: string, to: string }> = []
    for (const column of secrets) {
      const from = row[column]
      if (from === null || from.startsWith(cipher.currentPrefix)) continue
      try {
        changes.push({ column, from, to: cipher.encrypt(cipher.decrypt(from, row.member_id, column), row.member_id, column) })
      } catch {
        report.unreadable.add(memberHash(row.member_id))
      }
    }
    return changes
  }

  for (let after = ''; ;) {
    const rows = await db.selectFrom('installations').select(['member_id', ...secrets])
      .where('member_id', '>', after)
      .where((where) => where.or(secrets.map((column) => where(column, 'not like', `${cipher.currentPrefix}%`))))
      .orderBy('member_id').limit(batchSize).execute()
    const last = rows.at(-1)
    if (last === undefined) return report
    let overtaken = 0
    await db.transaction().execute(async (transaction) => {
      for (const row of rows) {
        const changes = renewed(row)
        if (changes.length === 0) continue
        const { numUpdatedRows } = await transaction.updateTable('installations')
          .set(Object.fromEntries(changes.map(({ column, to }) => [column, to])))
          .where('member_id', '=', row.member_id)
          // Somebody may have written a newer token meanwhile.
          .where((where) => where.and(changes.map(({ column, from }) => where(column, '=', from))))
          .executeTakeFirst()
        if (numUpdatedRows === 1n) report.rewritten++
        else overtaken++
      }
    })
    onBatch?.(report.rewritten)
    if (overtaken === 0) after = last.member_id
  }
}
