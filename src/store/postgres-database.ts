import { CompiledQuery, PostgresAdapter, PostgresDialect, type Dialect } from 'kysely'
import pg from 'pg'

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

const ignore = () => {}

/**
 * The connections of one process, at most ten; each is opened when it is needed and replaced when it breaks.
 *
 * @param onLost is told of a connection that broke while nobody used it
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

/** For what no call waits for: statements may take their time, and with `read` every write fails. */
export function patientDialect (config: pg.ClientConfig, access: 'read' | 'write'): Dialect {
  return new PostgresDialect({
    pool: openPostgresPool({ ...config, statement_timeout: 0, query_timeout: 0 }),
    // By statements: options of the address would have the last word.
    async onCreateConnection (connection) {
      const readOnly = access === 'read' ? 'on' : 'off'
      await connection.executeQuery(CompiledQuery.raw(`set default_transaction_read_only = ${readOnly}`))
      await connection.executeQuery(CompiledQuery.raw('set statement_timeout = 0'))
    }
  })
}

/** Knows a patient way to the same database, for `migrate`. */
export class ServiceAdapter extends PostgresAdapter {
  readonly patient: () => Dialect

  constructor (patient: () => Dialect) {
    super()
    this.patient = patient
  }
}

/** For a service: a statement takes five seconds at most. */
export class ServiceDialect extends PostgresDialect {
  readonly #config: pg.ClientConfig

  constructor (config: pg.ClientConfig, onLost?: (error: Error) => void) {
    super({ pool: openPostgresPool(config, onLost) })
    this.#config = config
  }

  override createAdapter (): ServiceAdapter {
    return new ServiceAdapter(() => patientDialect(this.#config, 'write'))
  }
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
