import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import type { BaseLogger } from 'pino'
import { withDeadline } from '../queues/deadline.ts'
import { createLocalChanges, type Changes } from './changes.ts'

const channel = 'b24_portal_changed'
const retryMs = 500
const goodbyeMs = 1000
// By how much the clocks of the instances may differ.
const clockSkewMs = 60_000
const ignore = () => undefined

/** Ends a connection. A server that hangs does not answer to that. */
const end = async (client: pg.Client): Promise<void> =>
  await withDeadline(goodbyeMs, () => new Error('PostgreSQL hangs'), () => client.end())
    .catch(() => { client.connection.stream.destroy() })

/**
 * LISTEN and NOTIFY on a connection of its own. It reconnects by itself, and then notifies of what changed meanwhile.
 * Resolves once it listens; rejects with the error of the first connection.
 *
 * @param heartbeatMs how often to ask whether the connection is still there
 */
export async function createPostgresChanges (
  config: pg.ClientConfig, log?: Pick<BaseLogger, 'info' | 'error'>, heartbeatMs = 10_000
): Promise<Changes> {
  const local = createLocalChanges()
  const closing = new AbortController()
  let lastHeard = Date.now()

  async function open (missedSince?: number): Promise<pg.Client> {
    const client = new pg.Client(config)
    // It does not matter how a connection broke; `untilLost` sees that it ended.
    client.on('error', ignore)
    client.on('notification', ({ payload }) => { local.notify(String(payload)) })
    try {
      await client.connect()
      await client.query(`listen ${channel}`)
      if (missedSince !== undefined) await notifyMissed(client, missedSince)
      return client
    } catch (error) {
      await client.end()
      throw error
    }
  }

  async function notifyMissed (client: pg.Client, since: number): Promise<void> {
    const changed = 'select member_id from installations where updated_at >= $1 or uninstalled_at >= $1'
    const { rows } = await client.query<{ member_id: string }>(changed, [since])
    for (const row of rows) local.notify(row.member_id)
    log?.info({ missed: rows.length }, 'notifications of changed portals arrive again')
  }

  /** Asks now and then: a connection whose other side vanished looks open for hours. */
  async function untilLost (client: pg.Client): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const askLater = () => {
      timer = setTimeout(() => {
        const at = Date.now()
        client.query('select 1').then(() => {
          lastHeard = at
          askLater()
        }, () => client.end())
      }, heartbeatMs)
    }
    askLater()
    // Closed by us, ended or broken: it is not used any more.
    await once(client, 'end', { signal: closing.signal }).catch(ignore)
    clearTimeout(timer)
    await end(client)
  }

  async function keepListening (first: pg.Client): Promise<void> {
    let client: pg.Client | undefined = first
    // A client that was opened while the store was closed has to be ended, too.
    while (client !== undefined || !closing.signal.aborted) {
      if (client === undefined) {
        client = await wait(retryMs, undefined, { signal: closing.signal })
          .then(() => open(lastHeard - clockSkewMs)).catch(ignore)
      } else {
        await untilLost(client)
        client = undefined
        if (!closing.signal.aborted) log?.error({}, 'the connection that notifies of changed portals was lost')
      }
    }
  }

  const listening = keepListening(await open())
  return {
    notifying: async (db, memberId, change) => await db.transaction().execute(async transaction => {
      const outcome = await change(transaction)
      await sql`select pg_notify(${channel}, ${memberId})`.execute(transaction)
      return outcome
    }),
    listen: local.listen,
    async close () {
      closing.abort()
      await listening
    }
  }
}
