import { channel } from 'node:diagnostics_channel'

// What the service and the portals say to each other, for whoever keeps or measures it, such as the plugin `journal`. A
// channel that nobody listens to costs one check.

/** A request to a portal's REST interface, after its answer has come or failed to. */
export interface RestMessage {
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
  /** The portal's code for a refusal, or for the first in a batch; `unavailable` for no answer of a REST interface */
  refusal: string | undefined
  /** Bytes of both bodies as they travelled */
  sent: number
  received: number
}
export const restChannel = channel('fastify-bitrix24:rest')

/** An event of a portal that has been verified. */
export interface EventMessage {
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
