import { setTimeout as wait } from 'node:timers/promises'
import type SqliteDatabase from 'better-sqlite3'
import { CompiledQuery, SqliteAdapter, SqliteDialect, SqliteDriver, type DatabaseConnection } from 'kysely'

// Milliseconds between two tries
const pause = 10

/** Turns at the one connection, in the order in which they were asked for. */
function createTurns () {
  const waiting: Array<() => void> = []
  let isTaken = false
  return {
    async take (): Promise<void> {
      if (isTaken) await new Promise<void>(resolve => waiting.push(resolve))
      isTaken = true
    },
    give (): void {
      const next = waiting.shift()
      if (next === undefined) isTaken = false
      else next()
    }
  }
}

/**
 * SQLite in a process that has other things to do. While another process writes, SQLite itself would wait in the middle
 * of the event loop, and nobody would be answered. Here only the statement waits, and lets others read meanwhile.
 *
 * @param patience milliseconds until it is given up; PostgreSQL's statements have as long
 */
export function createSqliteDialect (database: SqliteDatabase.Database, patience = 5000): SqliteDialect {
  const turns = createTurns()

  async function patiently<T> (run: () => Promise<T>, end = Date.now() + patience): Promise<T> {
    try {
      return await run()
    } catch (error) {
      const isBusy = String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')
      // A transaction has the right to write from its beginning.
      if (!isBusy || database.inTransaction || Date.now() >= end) throw error
    }
    turns.give()
    await wait(pause)
    await turns.take()
    return await patiently(run, end)
  }

  class Driver extends SqliteDriver {
    override async acquireConnection () {
      await turns.take()
      return await super.acquireConnection()
    }

    override async releaseConnection () { turns.give() }

    override async beginTransaction (connection: DatabaseConnection) {
      await connection.executeQuery(CompiledQuery.raw('begin immediate'))
    }
  }

  class Dialect extends SqliteDialect {
    override createDriver () {
      return new Driver({
        database,
        async onCreateConnection (connection) {
          database.pragma('busy_timeout = 0')
          const execute = connection.executeQuery.bind(connection)
          Object.assign(connection, { executeQuery: (query: CompiledQuery) => patiently(() => execute(query)) })
        }
      })
    }

    override createAdapter () { return new Adapter() }
  }

  return new Dialect({ database })
}

/** Leaves the turns to our driver: kysely's own lock could not be given back while a statement waits. */
class Adapter extends SqliteAdapter {
  override get supportsMultipleConnections () { return true }
}
