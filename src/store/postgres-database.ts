import { CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { publishQuery } from '../diagnostics/measurements.ts'
import type { Database } from './database.ts'
import { addPatientTwin } from './patient-twins.ts'

// Longer than PostgreSQL itself takes to give a statement up: then the server, or the way to it, is gone.
const unresponsiveMs = 6000
const int8 = 20

/** What the address does not say of a connection. It says all of TLS: `?sslmode=verify-full&sslrootcert=…`. */
export function postgresConfig (url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'fastify-bitrix24',
    // Includes the wait for a connection that is free.
    connectionTimeoutMillis: 5000,
    statement_timeout: 5000,
    query_timeout: unresponsiveMs,
    keepAlive: true,
    // Times are int8, and far below what a number holds exactly.
    types: { getTypeParser: (oid: number) => oid === int8 ? Number : pg.types.getTypeParser(oid) }
  }
}

const ignore = () => {}

/** The connections of one process; `onLost` is called with the error of one that broke while idle. */
export function openPostgresPool (config: pg.PoolConfig, onLost: (error: Error) => void = ignore): pg.Pool {
  const pool = new pg.Pool({ max: 10, idleTimeoutMillis: 60_000, maxLifetimeSeconds: 300, ...config })
  pool.on('error', onLost)
  pool.on('connect', (client) => {
    // A connection that breaks in use rejects its query. Without a listener its error would also end the process.
    client.on('error', ignore)
    endWhenUnresponsive(client)
  })
  return pool
}

/** For what no call waits for: statements may take their time, and with `read` every write fails. */
export function openPatientDatabase (config: pg.PoolConfig, access: 'read' | 'write'): Kysely<Database> {
  const dialect = new PostgresDialect({
    pool: openPostgresPool({ ...config, statement_timeout: 0, query_timeout: 0 }),
    // By statements: options of the address would have the last word.
    async onCreateConnection (connection) {
      const readOnly = access === 'read' ? 'on' : 'off'
      await connection.executeQuery(CompiledQuery.raw(`set default_transaction_read_only = ${readOnly}`))
      await connection.executeQuery(CompiledQuery.raw('set statement_timeout = 0'))
    }
  })
  return new Kysely<Database>({ dialect })
}

/** The database of a service: its statements have the time that `config` gives them. */
export function openPostgresDatabase (config: pg.PoolConfig, onLost?: (error: Error) => void): Kysely<Database> {
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: openPostgresPool(config, onLost) }), log: publishQuery
  })
  addPatientTwin(db, () => openPatientDatabase(config, 'write'))
  return db
}

/** A connection that once did not answer never will, but it looks open: the pool would hand it out for minutes. */
function endWhenUnresponsive (client: pg.PoolClient): void {
  const { query } = client
  Object.assign(client, {
    async query (...question: unknown[]): Promise<unknown> {
      try {
        return await Reflect.apply(query, client, question)
      } catch (error) {
        if ((error as Error).message === 'Query read timeout') client.end(ignore) // pg rejects with nothing but errors
        throw error
      }
    }
  })
}
