import { channel, type Channel } from 'node:diagnostics_channel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LogEvent } from 'kysely'

// What parts of the service offer to whoever measures it, such as the plugin `metrics`. While nobody listens to a
// channel, it costs one check.

/** An answered request. */
export interface RequestMessage { request: FastifyRequest, reply: FastifyReply }
export const requestChannel = channel('fastify-bitrix24:request')

/** The form of a call or an event was read, and is that of a portal: the message is its reply. */
export const shapeChannel = channel('fastify-bitrix24:shape')

/** How a call was proven: from memory, together with another call, by asking; or not, and why. */
export interface ProofMessage {
  outcome: 'cached' | 'shared' | 'proven' | 'refused' | 'limited' | 'unavailable'
  /** How long it took, where an authorization server was asked or to be asked */
  seconds?: number
}
export const proofChannel = channel('fastify-bitrix24:proof')

/** A request to a portal's REST interface, after its answer has come or failed to. */
export interface RestMessage {
  /** Tells the applications in one process apart: the decorator `authToken` of the one that calls */
  application: object | undefined
  memberId: string
  /** Whose token was used */
  userId: number
  /** `batch` for a batch */
  method: string
  /** The call itself, or those of a batch. Their parameters hold values, which are nobody else's business */
  commands: ReadonlyArray<{ method: string, params: Readonly<Record<string, unknown>> }>
  seconds: number
  /** HTTP status; 0: no answer */
  status: number
  /** The portal's code for a refusal; `unavailable` for no answer of a REST interface; undefined: it was answered */
  refusal: string | undefined
  /** Of a batch that was answered: the code of the first command that was refused */
  refusedCommand: string | undefined
  /** Bytes of both bodies as they travelled */
  sent: number
  received: number
}
export const restChannel = channel('fastify-bitrix24:rest')

/** An event of a portal that has been verified. */
export interface EventMessage {
  /** As that of a REST call */
  application: object
  memberId: string
  /** Whose token came with it; 0: none was needed */
  userId: number
  /** Such as `ONAPPINSTALL` */
  event: string
  /** Names of its fields */
  fields: readonly string[]
  seconds: number
  /** Why it was not accepted all the same */
  refusal: { status: number, code: string } | undefined
  /** Bytes of its fields */
  received: number
}
export const eventChannel = channel('fastify-bitrix24:event')

/** A statement of the store; `kind` such as `SelectQueryNode`, or `connect`: PostgreSQL did not even let us in. */
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
