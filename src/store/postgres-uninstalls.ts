import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import pg from 'pg'
import type { BaseLogger } from 'pino'
import type { Database } from './database.ts'
import { createLocalUninstalls, type Uninstalls } from './uninstalls.ts'

const channel = 'b24_uninstalled'
const retryMs = 500
const heartbeatMs = 10_000
// By how much the clocks of the instances may differ.
const clockSkewMs = 60_000

export interface PostgresUninstallsOptions {
  config: pg.ClientConfig
  /** Reads what was missed while there was no connection */
  db: Kysely<Database>
  log?: Pick<BaseLogger, 'info' | 'error'> | undefined
}

/**
 * LISTEN and NOTIFY on a connection of its own, which comes back by itself; what was uninstalled meanwhile is told then.
 * Resolves when it listens; rejects with the error of the first connection.
 */
export async function createPostgresUninstalls ({ config, db, log }: PostgresUninstallsOptions): Promise<Uninstalls> {
  const local = createLocalUninstalls()
  const closing = new AbortController()
  let lastHeard = Date.now()

  async function open (): Promise<pg.Client> {
    const client = new pg.Client(config)
    // How a connection broke does not matter; that it ended is seen below.
    client.on('error', () => {})
    client.on('notification', ({ payload = '' }) => { local.tell(payload) })
    try {
      await client.connect()
      await client.query(`listen ${channel}`)
      return client
    } catch (error) {
      await client.end()
      throw error
    }
  }

  async function reopen (): Promise<pg.Client> {
    const client = await open()
    try {
      const missed = await db.selectFrom('installations').select('member_id').where('uninstalled_at', '>=', lastHeard - clockSkewMs).execute()
      for (const row of missed) local.tell(row.member_id)
      log?.info({ missed: missed.length }, 'uninstalls are heard of again')
      return client
    } catch (error) {
      await client.end()
      throw error
    }
  }

  /** Asks now and then: a connection whose other side vanished looks well for hours. */
  async function untilLost (client: pg.Client): Promise<void> {
    const heartbeat = setInterval(() => {
      const at = Date.now()
      client.query('select 1').then(() => { lastHeard = at }, () => client.end())
    }, heartbeatMs)
    await once(client, 'end')
    clearInterval(heartbeat)
  }

  async function keepListening (first: pg.Client): Promise<void> {
    let client: pg.Client | undefined = first
    closing.signal.addEventListener('abort', () => client?.end())
    while (!closing.signal.aborted) {
      if (client === undefined) {
        await wait(retryMs, undefined, { signal: closing.signal }).catch(() => {})
        client = await reopen().catch(() => undefined)
      } else {
        await untilLost(client)
        client = undefined
        if (!closing.signal.aborted) log?.error({}, 'the connection that tells of uninstalls was lost')
      }
    }
    await client?.end()
  }

  const listening = keepListening(await open())
  return {
    announce: async (transaction, memberId) => { await sql`select pg_notify(${channel}, ${memberId})`.execute(transaction) },
    listen: local.listen,
    async close () {
      closing.abort()
      await listening
    }
  }
}
