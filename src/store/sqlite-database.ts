import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase from 'better-sqlite3'

/**
 * Opens a SQLite file and creates it, and its folder, when missing.
 *
 * @param file relative to the working directory, or `:memory:`
 * @throws the error of the file system or of SQLite
 */
export function openSqliteDatabase (file: string): SqliteDatabase.Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const database = new SqliteDatabase(file)
  database.pragma('busy_timeout = 5000')
  database.pragma('journal_mode = WAL')
  return survivingPowerCuts(database)
}

/**
 * Opens a SQLite file that is there, and makes nothing.
 *
 * @throws the error of SQLite
 */
export function openExistingSqliteDatabase (file: string, access: 'read' | 'write'): SqliteDatabase.Database {
  return survivingPowerCuts(new SqliteDatabase(file, { readonly: access === 'read', fileMustExist: true }))
}

function survivingPowerCuts (database: SqliteDatabase.Database): SqliteDatabase.Database {
  // A refresh token is good for one use: the new one must survive a power cut.
  database.pragma('synchronous = FULL')
  return database
}
