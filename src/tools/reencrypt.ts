import type { Kysely } from 'kysely'
import type { Cipher } from '../crypto/encryption.ts'
import { memberHash } from '../log/logger.ts'
import type { Database, InstallationRow } from '../store/database.ts'

const secrets = ['application_token', 'access_token', 'refresh_token', 'candidate_refresh_token'] as const
// So few that nobody waits long for SQLite's write lock.
const batchSize = 100
const rowsBetweenNews = 10_000
const portalsNamed = 20

interface UnreadablePortal { member: string, domain: string }
type SecretRow = Pick<InstallationRow, 'member_id' | 'domain' | typeof secrets[number]>

/**
 * Encrypts with the newest key what an older one encrypted, in batches, while services go on reading and writing.
 * May be run again after an error. `onProgress` is called after every 10,000 rows that were looked at.
 */
export async function rotateKeys (db: Kysely<Database>, cipher: Cipher, onProgress: (rows: number) => void) {
  const report = {
    installations: await count(db),
    /** Rows that were encrypted with an older key, and now are with the newest */
    rewritten: 0,
    /** How many portals have a secret that no key opens; they stay as they are */
    unreadable: 0,
    /** The first 20 of them */
    unreadablePortals: new Array<UnreadablePortal>()
  }
  let seen = 0
  for (let after = ''; ;) {
    const rows = await db.selectFrom('installations').select(['member_id', 'domain', ...secrets])
      .where('member_id', '>', after)
      .where((where) => where.or(secrets.map((column) => where(column, 'not like', `${cipher.currentPrefix}%`))))
      .orderBy('member_id').limit(batchSize).execute()
    const last = rows.at(-1)
    if (last === undefined) return { ...report, opensAny: await holdsSecretOf(db, cipher) }
    const { rewritten, overtaken, unreadable } = await db.transaction()
      .execute((transaction) => rewrite(transaction, cipher, rows))
    report.rewritten += rewritten
    // Read the batch once more.
    if (overtaken > 0) continue
    after = last.member_id
    report.unreadable += unreadable.length
    report.unreadablePortals.push(...unreadable.slice(0, portalsNamed - report.unreadablePortals.length))
    seen += rows.length
    if (seen % rowsBetweenNews === 0) onProgress(seen)
  }
}

async function rewrite (db: Kysely<Database>, cipher: Cipher, rows: SecretRow[]) {
  const unreadable: UnreadablePortal[] = []
  let [rewritten, overtaken] = [0, 0]
  for (const row of rows) {
    const { changes, isReadable } = reencrypted(cipher, row)
    if (!isReadable) unreadable.push({ member: memberHash(row.member_id), domain: row.domain })
    if (changes.length === 0) continue
    const { numUpdatedRows } = await db.updateTable('installations')
      .set(Object.fromEntries(changes.map(({ column, to }) => [column, to])))
      .where('member_id', '=', row.member_id)
      // A service may have written a newer token meanwhile.
      .where((where) => where.and(changes.map(({ column, from }) => where(column, '=', from))))
      .executeTakeFirst()
    if (numUpdatedRows === 1n) rewritten++
    else overtaken++
  }
  return { rewritten, overtaken, unreadable }
}

function reencrypted (cipher: Cipher, row: SecretRow) {
  const changes: Array<{ column: typeof secrets[number], from: string, to: string }> = []
  let isReadable = true
  for (const column of secrets) {
    const from = row[column]
    if (from === null || from.startsWith(cipher.currentPrefix)) continue
    try {
      const secret = cipher.decrypt(from, row.member_id, column)
      changes.push({ column, from, to: cipher.encrypt(secret, row.member_id, column) })
    } catch {
      isReadable = false
    }
  }
  return { changes, isReadable }
}

async function count (db: Kysely<Database>): Promise<number> {
  const { rows } = await db.selectFrom('installations').select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return rows
}

/** Whether any secret is with the newest key. After a rotation, all that any key opens are. */
async function holdsSecretOf (db: Kysely<Database>, cipher: Cipher): Promise<boolean> {
  const row = await db.selectFrom('installations').select('member_id')
    .where((where) => where.or(secrets.map((column) => where(column, 'like', `${cipher.currentPrefix}%`))))
    .limit(1).executeTakeFirst()
  return row !== undefined
}
