import { statSync } from 'node:fs'
import { sql, type Kysely } from 'kysely'
import type pg from 'pg'
import type { Database } from './database.ts'
import { postgresConfig } from './postgres-database.ts'
import { StoreUrlError } from '../errors.ts'

/** Where a store is. `name` says where the address itself stands, for messages. */
export type StoreAddress = { name: string } & ({ kind: 'SQLite', file: string } | { kind: 'PostgreSQL', config: pg.ClientConfig })

/**
 * Reads the address of a store.
 *
 * @param url `sqlite:<file>`, relative to the working directory; `sqlite::memory:`; or `postgres://…`
 * @throws B24_ERR_STORE_URL; the message does not hold the address
 */
export function readStoreAddress (url: string, name = 'DATABASE_URL'): StoreAddress {
  const file = /^sqlite:\s*(\S.*)$/.exec(url)?.[1]
  if (file !== undefined) return { name, kind: 'SQLite', file }
  if (!/^postgres(?:ql)?:\/\//.test(url)) throw new StoreUrlError(name, 'must be sqlite:<file> or postgres://…')
  // The error of the parser would hold the address, and the password in it.
  if (!URL.canParse(url)) throw new StoreUrlError(name, 'is not an address; are special characters in the password percent-encoded?')
  return { name, kind: 'PostgreSQL', config: postgresConfig(url) }
}

/** What tells the database from all others, however its address is spelled. In: the address, and the database opened there. */
export async function identityOf (address: StoreAddress, db: Kysely<Database>): Promise<string> {
  if (address.kind === 'SQLite') {
    const file = statSync(address.file, { bigint: true, throwIfNoEntry: false }) // there is none for what is in memory
    return `file ${file?.dev} ${file?.ino}`
  }
  // Two servers do not start in the same microsecond. The identifier of the system takes a right that not everybody has.
  const { rows } = await sql<{ id: string }>`
    select concat(pg_postmaster_start_time(), ' ', oid) as id from pg_database where datname = current_database()`.execute(db)
  return rows.map(({ id }) => id).join()
}
