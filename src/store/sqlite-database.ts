import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import SqliteDatabase from 'better-sqlite3'

/** Opens a SQLite file (or `:memory:`), and creates it and its folder when missing. */
export function openSqliteDatabase (file: string): SqliteDatabase.Database {
  if (file !== ':memory:') makeFolder(dirname(resolve(file)))
  const database = new SqliteDatabase(file)
  database.pragma('busy_timeout = 5000')
  database.pragma('journal_mode = WAL')
  return survivingPowerCuts(database)
}

/** Opens a SQLite file that is there, and makes nothing. */
export function openExistingSqliteDatabase (file: string, access: 'read' | 'write'): SqliteDatabase.Database {
  if (!existsSync(file)) throw new Error('there is no such file; the service makes it when it first starts')
  return survivingPowerCuts(new SqliteDatabase(file, { readonly: access === 'read', fileMustExist: true }))
}

/**
 * Makes a folder and those above it that are missing, one by one. Node's recursive mkdir never returns where the folder
 * above exists and the system still calls it missing, as below /proc and on stale mounts.
 */
function makeFolder (folder: string): void {
  const missing: string[] = []
  for (let path = folder; !isFolder(path) && dirname(path) !== path; path = dirname(path)) missing.unshift(path)
  for (const path of missing) {
    try {
      mkdirSync(path)
    } catch (error) {
      // Another process may have made it in the meantime.
      if (!isFolder(path)) throw error
    }
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/**
 * Returns a function that throws when a file of an open database is not there any more, or is another one: what is
 * written then goes into a file without a name, and is gone when the process ends.
 */
export function watchFiles (file: string): () => void {
  // SQLite keeps the second as long as the database is open.
  const files = [file, `${file}-wal`]
  const identify = (name: string) => {
    const { dev, ino } = statSync(name, { bigint: true, throwIfNoEntry: false }) ?? {} // none of what is in memory
    return `${dev} ${ino}`
  }
  const opened = files.map(identify)
  return () => {
    const lost = files.find((name, index) => identify(name) !== opened[index])
    if (lost === undefined) return
    throw new Error(`${resolve(lost)} was deleted or replaced while in use: restart the service to use what is there`)
  }
}

/** A refresh token is good for one use: the new one must survive a power cut. */
function survivingPowerCuts (database: SqliteDatabase.Database): SqliteDatabase.Database {
  database.pragma('synchronous = FULL')
  return database
}
