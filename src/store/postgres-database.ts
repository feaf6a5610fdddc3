import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from './database.ts'

// Longer than PostgreSQL itself takes to give a statement up: then the server, or the way to it, is gone.
const silenceMs = 6000
const int8 = 20

/**
 * How to connect to PostgreSQL. TLS and everything else that an address can say is taken from it:
 * `?sslmode=verify-full&sslrootcert=…`. Milliseconds: 5000 to connect, and as many for a statement.
 */
export function postgresConfig (url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'fastify-bitrix24',
    // Includes the wait for a connection that is free.
    connectionTimeoutMillis: 5000,
    statement_timeout: 5000,
    query_timeout: silenceMs,
    keepAlive: true,
    // Times are int8, and far below what a number holds exactly.
    types: { getTypeParser: (oid: number) => oid === int8 ? Number : pg.types.getTypeParser(oid) }
  }
}

/** For what no call waits for. */
export const patience = { statement_timeout: 0, query_timeout: 0 }

const ignore = () => {}
const patientTwins = new WeakMap<Kysely<Database>, () => Kysely<Database>>()

/** A database whose statements have the time that `config` gives them. */
export function openPostgresDatabase (config: pg.PoolConfig, onLost?: (error: Error) => void): Kysely<Database> {
  const open = (config: pg.PoolConfig) =>
    new Kysely<Database>({ dialect: new PostgresDialect({ pool: openPostgresPool(config, onLost) }) })
  const db = open(config)
  patientTwins.set(db, () => open({ ...config, ...patience, max: 1 }))
  return db
}

/** Opens the same database for statements that may take their time; undefined: this is no PostgreSQL. */
export const openPatientTwin = (db: Kysely<Database>): Kysely<Database> | undefined => patientTwins.get(db)?.()

/**
 * The connections of one process, at most ten; each is opened when it is needed and replaced when it breaks.
 * `onLost` is told of a connection that broke while nobody used it.
 */
export function openPostgresPool (config: pg.PoolConfig, onLost: (error: Error) => void = ignore): pg.Pool {
  const pool = new pg.Pool({ max: 10, idleTimeoutMillis: 60_000, maxLifetimeSeconds: 300, ...config })
  pool.on('error', onLost)
  pool.on('connect', (client) => {
    // A connection that breaks in use rejects its query. Without a listener its error would also end the process.
    client.on('error', ignore)
    endWhenSilent(client)
  })
  return pool
}

/** A connection that once did not answer never will, but it looks open: the pool would hand it out for minutes. */
function endWhenSilent (client: pg.PoolClient): void {
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
