import { Agent, request } from 'undici'
import { PortalAddressError, PortalSilentError } from '../errors.ts'
import { allowsInsecure, isPermitted, type InsecurePortals } from '../insecure-portals.ts'
import { createByteBudget } from './byte-budget.ts'
import { createFairSlots } from './fair-slots.ts'
import { createOneByOne } from './one-by-one.ts'
import { publicLookup, type LookupAll } from './public-lookup.ts'
import { readAnswer } from './read-answer.ts'

export interface PortalConnectionsOptions {
  /** Portals with plain http or private addresses that are let through. Default false: none */
  allowInsecurePortals?: InsecurePortals
  /** Milliseconds for a whole exchange, from the connection to the last byte. Default 10 s: the user looks at a spinner meanwhile */
  timeout?: number
  /** Exchanges with one portal at the same time. Default 10 */
  exchanges?: number
  /** Exchanges with all portals at the same time. Default 500 */
  allExchanges?: number
  /** Milliseconds that a call waits for its turn. Default 5 s */
  patience?: number
  /** Bytes of all answers that are being read at the same time. Default 16 MB */
  allBytes?: number
  /** Resolves names. Default: as the system does */
  lookup?: LookupAll
}

export interface PortalMessage {
  memberId: string
  url: string
  /** JSON */
  body: string
  /** Bytes of the answer at most, after decompression. Default 4 MB */
  maxBytes?: number | undefined
}

/** What came back. The portal may be anybody's: `json` is data of any kind, undefined when it is no JSON. */
export interface PortalReply { status: number, json: unknown, location: string | undefined }

/** The way to the portals, for all that call them. The portal at the other end is not trusted. */
export interface PortalConnections {
  /**
   * Posts to a portal's REST interface, within limits of bytes and time; a redirect is an answer.
   * Errors: PortalAddressError for an address, by name or by DNS, that is not public; PortalSilentError.
   */
  post: (message: PortalMessage) => Promise<PortalReply>
  /** Runs calls of a portal when it is its turn. Errors: PortalSilentError when that takes too long. */
  inTurn: <T>(memberId: string, work: () => Promise<T>) => Promise<T>
  close: () => Promise<void>
}

const megabyte = 1024 * 1024

export function createPortalConnections (options: PortalConnectionsOptions = {}): PortalConnections {
  const { allowInsecurePortals = false, timeout = 10_000, allBytes = 16 * megabyte, lookup } = options
  // HTTP/2 would keep the connection of an exchange that was aborted.
  const settings = { allowH2: false, keepAliveMaxTimeout: 10_000 }
  // A connection has to stand within half of the time: what is given up on is not tried any longer then.
  const connect = { timeout: timeout / 2 }
  const anywhere = new Agent({ ...settings, connect: { ...connect, ...(lookup && { lookup }) } })
  const publicOnly = new Agent({ ...settings, connect: { ...connect, lookup: publicLookup(lookup) } })
  const hold = createByteBudget(allBytes)
  // An answer of 4 MB takes a tenth of a second to read.
  const oneByOne = createOneByOne(timeout)
  const inTurn = createFairSlots({ each: options.exchanges ?? 10, all: options.allExchanges ?? 500, waiting: 100, patience: options.patience ?? 5000 })

  async function exchange ({ memberId, body, maxBytes = 4 * megabyte }: PortalMessage, address: URL): Promise<PortalReply> {
    const holding = hold(memberId)
    const timer = setTimeout(() => holding.abort(new Error(`no answer within ${timeout} ms`)), timeout)
    try {
      const answer = await request(address, {
        dispatcher: allowsInsecure(allowInsecurePortals, address) ? anywhere : publicOnly,
        signal: holding.signal,
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': 'fastify-bitrix24' },
        body
      })
      const json = await readAnswer(answer.body, {
        encoding: answer.headers['content-encoding'],
        maxBytes,
        keep: holding.add,
        inTurn: work => oneByOne(memberId, holding.signal, work)
      })
      return { status: answer.statusCode, json, location: answer.headers['location']?.toString() }
    } finally {
      clearTimeout(timer)
      holding.release()
    }
  }

  return {
    inTurn,
    async post (message) {
      const address = new URL(message.url)
      if (!isPermitted(allowInsecurePortals, address)) throw new PortalAddressError()
      return await exchange(message, address)
        .catch(cause => { throw cause instanceof PortalAddressError ? cause : new PortalSilentError({ cause }) })
    },
    async close () {
      await Promise.all([anywhere.destroy(), publicOnly.destroy()])
    }
  }
}
