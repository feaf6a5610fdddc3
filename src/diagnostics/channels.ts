import { tracingChannel } from 'node:diagnostics_channel'

// What a call waits for, and what runs in the background, for whoever measures or traces it: subscribers see begin, end
// and error of each piece of work, and the spans or timers of what it calls in turn. Without subscribers it costs next
// to nothing. Messages hold our own words only; their `result` and `error` are what the work ended with, and may hold
// secrets.

/** A stage of the verification that is not from memory. */
export const stages = tracingChannel<unknown, { stage: 'application-token' | 'proof' }>('fastify-bitrix24:stage')

/** The handler of a placement, with the page that it makes. */
export const handlers = tracingChannel('fastify-bitrix24:handler')

/** A request to an authorization server of the list; its result has a `status`. */
export const exchanges = tracingChannel<unknown, { server: string, path: string }>('fastify-bitrix24:exchange')

/** A request to a portal's REST interface; its result has a `status`. The handler has chosen the method. */
export const restCalls = tracingChannel<unknown, { method: string }>('fastify-bitrix24:rest')

/** Work that no call waits for, under the name that it has in the log. Each try is one piece. */
export const backgroundWork = tracingChannel<unknown, { name: string }>('fastify-bitrix24:background')

/** A method of the store. */
export const storeCalls = tracingChannel<unknown, { method: string }>('fastify-bitrix24:store')
