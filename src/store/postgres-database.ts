import { setTimeout as wait } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { publishQuery, queryChannel, type QueryMessage } from '../diagnostics/measurements.ts'
import type { Database } from './database.ts'
import { addPatientTwin } from './patient-twins.ts'

// Longer than PostgreSQL itself takes to give a statement up: then the server, or the way to it, is gone.
const unresponsiveMs = 6000
// Includes the wait for a connection that is free.
const connectMs = 5000
const pauseMs = 100
const int8 = 20
// PostgreSQL's code for a connection beyond its limit
const tooMany = '53300'
// PostgreSQL's code for a write in a transaction that only reads
const readOnly = '25006'

/** What the address does not say of a connection. It says all of TLS: `?sslmode=verify-full&sslrootcert=…`. */
export function postgresConfig (url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'fastify-bitrix24',
    connectionTimeoutMillis: connectMs,
    statement_timeout: 5000,
    query_timeout: unresponsiveMs,
    keepAlive: true,
    // Times are int8, and far below what a number holds exactly.
    types: { getTypeParser: (oid: number) => oid === int8 ? Number : pg.types.getTypeParser(oid) }
  }
}

const ignore = () => {}

// Of two statements at the same time one decides, and the other waits for it: under a stricter isolation, which a
// database can have for all, the other would fail.
const isolation = "set default_transaction_isolation = 'read committed'"

/**
 * The connections of one process; `onLost` is called with the error of one that broke while idle. Each begins with
 * these statements: options of the address would have the last word.
 */
export function openPostgresPool (
  config: pg.PoolConfig, onLost: (error: Error) => void = ignore, ...settings: string[]
): pg.Pool {
  const onConnect = async (client: pg.ClientBase) => { await client.query([isolation, ...settings].join(';')) }
  const options = { max: 10, idleTimeoutMillis: 60_000, maxLifetimeSeconds: 300, ...config }
  // Its type does not know that the pool waits for it.
  const pool = new pg.Pool(Object.assign(options, { onConnect }))
  const { connect } = pool
  Object.assign(pool, { connect: () => untilThereIsRoom(() => Reflect.apply(connect, pool, [])) })
  pool.on('error', onLost)
  pool.on('connect', (client) => {
    // A connection that breaks in use rejects its query. Without a listener its error would also end the process.
    client.on('error', ignore)
    endWhenUseless(client)
  })
  return pool
}

/** Waits while the server gives no more connections: one of the pool's, or of another instance, may be free soon. */
async function untilThereIsRoom (
  connect: () => Promise<pg.PoolClient>, end = Date.now() + connectMs
): Promise<pg.PoolClient> {
  try {
    return await connect()
  } catch (error) {
    if ((error as pg.DatabaseError).code !== tooMany || Date.now() >= end) {
      // No statement began, so Kysely does not tell of it.
      const seconds = (Date.now() + connectMs - end) / 1000
      queryChannel.publish({ kind: 'connect', seconds, hasFailed: true } satisfies QueryMessage)
      throw error
    }
  }
  await wait(pauseMs)
  return await untilThereIsRoom(connect, end)
}

/** Throws for a database that cannot keep every text: one that did not fit would keep all others from being written. */
export async function requireUnicode (db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ encoding: string }>`select getdatabaseencoding() as encoding`.execute(db)
  for (const { encoding } of rows) {
    // SQL_ASCII keeps bytes as they are.
    if (!['UTF8', 'SQL_ASCII'].includes(encoding)) throw new Error(`its encoding is ${encoding}, and must be UTF8`)
  }
}

/** For what no call waits for: statements may take their time, and with `read` every write fails. */
export function openPatientDatabase (config: pg.PoolConfig, access: 'read' | 'write'): Kysely<Database> {
  const mode = `set default_transaction_read_only = ${access === 'read' ? 'on' : 'off'}`
  const patient = { ...config, statement_timeout: 0, query_timeout: 0 }
  const pool = openPostgresPool(patient, ignore, mode, 'set statement_timeout = 0')
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}

/** The database of a service: its statements have the time that `config` gives them. */
export function openPostgresDatabase (config: pg.PoolConfig, onLost?: (error: Error) => void): Kysely<Database> {
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: openPostgresPool(config, onLost) }), log: publishQuery
  })
  addPatientTwin(db, () => openPatientDatabase(config, 'write'))
  return db
}

/**
 * A connection that once did not answer never will, and one to a server that has become a replica never writes again.
 * But both look open: the pool would hand them out for minutes.
 */
function endWhenUseless (client: pg.PoolClient): void {
  const { query } = client
  let why: pg.DatabaseError | undefined
  Object.assign(client, {
    async query (...question: unknown[]): Promise<unknown> {
      // The end of a transaction, whose error would hide this one.
      if (why !== undefined) throw why
      try {
        return await Reflect.apply(query, client, question)
      } catch (error) {
        const failure = error as pg.DatabaseError // pg rejects with nothing but errors
        if (failure.code === readOnly || failure.message === 'Query read timeout') {
          why = failure
          client.end(ignore)
        }
        throw failure
      }
    }
  })
}
