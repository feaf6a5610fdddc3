import type { Kysely } from 'kysely'
import type { Cipher } from '../crypto/encryption.ts'
import { memberHash } from '../log/logger.ts'
import type { Database, InstallationRow } from '../store/database.ts'
import { secretName } from '../store/pair-row.ts'

const tables = {
  installations: ['application_token', 'access_token', 'refresh_token', 'candidate_refresh_token'],
  system_users: ['access_token', 'refresh_token']
} as const
type TableName = keyof typeof tables
type Column = typeof tables[TableName][number]
type SecretRow = Pick<InstallationRow, 'member_id'> & Record<Column, string | null>

// So few that nobody waits long for SQLite's write lock.
const batchSize = 100
const rowsBetweenNews = 10_000
const portalsNamed = 20

/** The secrets of one table. */
const secretsOf = (database: Kysely<Database>, table: TableName) => {
  const db = database as unknown as Kysely<Record<TableName, SecretRow>> // both have these columns
  return { db, table, columns: tables[table] as readonly Column[] }
}
type Secrets = ReturnType<typeof secretsOf>

/**
 * Encrypts with the newest key what an older one encrypted, in batches, while services go on reading and writing.
 * May be run again after an error. `onProgress` is called after every 10,000 rows that were looked at.
 */
export async function rotateKeys (db: Kysely<Database>, cipher: Cipher, onProgress: (rows: number) => void) {
  const unreadable = new Set<string>()
  let [seen, rewritten, opensAny] = [0, 0, false]
  for (const table of ['installations', 'system_users'] as const) {
    const secrets = secretsOf(db, table)
    for (let after = ''; ;) {
      const rows = await readBatch(secrets, cipher, after)
      const last = rows.at(-1)
      if (last === undefined) break
      // Not while the lock is held.
      const found = rows.map((row) => reencrypted(secrets, cipher, row))
      const written = await db.transaction().execute((transaction) => rewrite(secretsOf(transaction, table), found))
      rewritten += written.rewritten
      // Read the batch once more.
      if (written.overtaken > 0) continue
      after = last.member_id
      for (const { memberId, isReadable } of found) if (!isReadable) unreadable.add(memberId)
      seen += rows.length
      if (seen % rowsBetweenNews === 0) onProgress(seen)
    }
    opensAny ||= await holdsSecretOf(secrets, cipher)
  }
  return {
    installations: await count(db),
    /** Rows that were encrypted with an older key, and now are with the newest */
    rewritten,
    /** How many portals have a secret that no key opens; they stay as they are */
    unreadable: unreadable.size,
    /** The first 20 of them */
    unreadablePortals: await named(db, [...unreadable].slice(0, portalsNamed)),
    opensAny
  }
}

/** The next rows in which an older key has encrypted something. */
const readBatch = async ({ db, table, columns }: Secrets, cipher: Cipher, after: string): Promise<SecretRow[]> =>
  await db.selectFrom(table).select(['member_id', ...columns])
    .where('member_id', '>', after)
    .where((where) => where.or(columns.map((column) => where(column, 'not like', `${cipher.currentPrefix}%`))))
    .orderBy('member_id').limit(batchSize).execute()

async function rewrite (secrets: Secrets, rows: ReadonlyArray<ReturnType<typeof reencrypted>>) {
  let [rewritten, overtaken] = [0, 0]
  for (const { memberId, changes } of rows) {
    if (changes.length === 0) continue
    const { numUpdatedRows } = await secrets.db.updateTable(secrets.table)
      .set(Object.fromEntries(changes.map(({ column, to }) => [column, to])))
      .where('member_id', '=', memberId)
      // A service may have written a newer token meanwhile.
      .where((where) => where.and(changes.map(({ column, from }) => where(column, '=', from))))
      .executeTakeFirst()
    if (numUpdatedRows === 1n) rewritten++
    else overtaken++
  }
  return { rewritten, overtaken }
}

function reencrypted ({ table, columns }: Secrets, cipher: Cipher, row: SecretRow) {
  const changes: Array<{ column: Column, from: string, to: string }> = []
  let isReadable = true
  for (const column of columns) {
    const from = row[column]
    if (from === null || from.startsWith(cipher.currentPrefix)) continue
    const name = secretName(table, column)
    try {
      const secret = cipher.decrypt(from, row.member_id, name)
      changes.push({ column, from, to: cipher.encrypt(secret, row.member_id, name) })
    } catch {
      isReadable = false
    }
  }
  return { memberId: row.member_id, changes, isReadable }
}

async function count (db: Kysely<Database>): Promise<number> {
  const { rows } = await db.selectFrom('installations').select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return rows
}

async function named (db: Kysely<Database>, memberIds: string[]): Promise<Array<{ member: string, domain: string }>> {
  if (memberIds.length === 0) return []
  const rows = await db.selectFrom('installations').select(['member_id', 'domain'])
    .where('member_id', 'in', memberIds).orderBy('member_id').execute()
  return rows.map((row) => ({ member: memberHash(row.member_id), domain: row.domain }))
}

/** Whether any secret is with the newest key. After a rotation, all that any key opens are. */
async function holdsSecretOf ({ db, table, columns }: Secrets, cipher: Cipher): Promise<boolean> {
  const row = await db.selectFrom(table).select('member_id')
    .where((where) => where.or(columns.map((column) => where(column, 'like', `${cipher.currentPrefix}%`))))
    .limit(1).executeTakeFirst()
  return row !== undefined
}
