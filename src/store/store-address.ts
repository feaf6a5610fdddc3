import { statSync } from 'node:fs'
import { sql, type Kysely } from 'kysely'
import { StoreUrlError } from '../errors.ts'
import { readDatabaseUrl } from '../schemas/variables.ts'
import type { Database } from './database.ts'

/** Where a store is. `name` is the variable or argument that holds the address, for messages. */
export type StoreAddress = { name: string } &
  ({ kind: 'SQLite', file: string } | { kind: 'PostgreSQL', url: string })

/**
 * Reads the address of a store: `sqlite:<file>`, relative to the working directory; `sqlite::memory:`; or
 * `postgres://…`. Its errors do not hold the address.
 */
export function readStoreAddress (url: string, name = 'DATABASE_URL'): StoreAddress {
  try {
    readDatabaseUrl(url)
  } catch (error) {
    throw new StoreUrlError(name, (error as Error).message)
  }
  // SQLite's driver would trim it, too.
  const file = /^sqlite:(.*)$/.exec(url)?.[1]?.trim()
  return file === undefined ? { name, kind: 'PostgreSQL', url } : { name, kind: 'SQLite', file }
}

/** Identifies a database, however its address is spelled. */
export async function identityOf (address: StoreAddress, db: Kysely<Database>): Promise<string> {
  if (address.kind === 'SQLite') {
    const file = statSync(address.file, { bigint: true, throwIfNoEntry: false }) // there is none for what is in memory
    return `file ${file?.dev} ${file?.ino}`
  }
  // No two servers start in the same microsecond. The system identifier would need a right that not everybody has.
  const { rows } = await sql<{ id: string }>`select concat(pg_postmaster_start_time(), ' ', oid) as id
    from pg_database where datname = current_database()`.execute(db)
  return rows.map(({ id }) => id).join()
}
