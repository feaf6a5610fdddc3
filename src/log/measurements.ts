import { channel, type Channel } from 'node:diagnostics_channel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LogEvent } from 'kysely'

// What parts of the service offer to whoever measures it, such as the plugin `metrics`. While nobody listens to a
// channel, it costs one check.

/** An answered request. */
export interface RequestMessage { request: FastifyRequest, reply: FastifyReply }
export const requestChannel = channel('fastify-bitrix24:request')

/** How a call was proven: from memory, together with another call, by asking; or not, and why. */
export interface ProofMessage {
  outcome: 'cached' | 'shared' | 'proven' | 'refused' | 'limited' | 'unavailable'
  /** How long it took, where an authorization server was asked or to be asked */
  seconds?: number
}
export const proofChannel = channel('fastify-bitrix24:proof')

/** A request to a portal's REST interface. */
export interface RestMessage {
  method: string
  seconds: number
  /** The portal's code for a refusal; `unavailable` for no answer; undefined: it was answered */
  refusal?: string | undefined
}
export const restChannel = channel('fastify-bitrix24:rest')

/** A statement of the store; `kind` such as `SelectQueryNode`. */
export interface QueryMessage { kind: string, seconds: number, hasFailed: boolean }
export const queryChannel = channel('fastify-bitrix24:query')

/** The option `log` of kysely: publishes statements, without their values. */
export function publishQuery ({ level, query, queryDurationMillis }: LogEvent): void {
  if (!queryChannel.hasSubscribers) return
  const [kind, seconds] = [query.query.kind, queryDurationMillis / 1000]
  queryChannel.publish({ kind, seconds, hasFailed: level === 'error' } satisfies QueryMessage)
}

/** How work ended. */
export type Outcome<R> = { ok: R } | { error: unknown }

/** Does work, and publishes how it ended, after how many seconds. */
export async function measured<R> (
  to: Channel, work: () => Promise<R>, toMessage: (outcome: Outcome<R>, seconds: number) => object
): Promise<R> {
  if (!to.hasSubscribers) return await work()
  const begin = performance.now()
  const publish = (outcome: Outcome<R>) => to.publish(toMessage(outcome, (performance.now() - begin) / 1000))
  try {
    const ok = await work()
    publish({ ok })
    return ok
  } catch (error) {
    publish({ error })
    throw error
  }
}
