import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { PortalAddressError, PortalUnavailableError } from '../../src/errors.ts'
import { isPrivateHost } from '../../src/http/frame.ts'
import { allowsInsecure, isPermitted, type InsecurePortals } from '../../src/http/insecure-portals.ts'
import { createRequester } from '../../src/http/requester.ts'
import { createFairQueue } from '../../src/queues/fair-queue.ts'
import { createDnsLookup, type LookupAll } from './dns-lookup.ts'
import { readAnswer } from './read-answer.ts'
import { createByteBudget, createOneByOne } from './reading-limits.ts'

export interface PortalConnectionsOptions {
  /** Portals with plain http or private addresses that are let through. Default false: none */
  allowInsecurePortals?: InsecurePortals
  /** Milliseconds for a whole exchange, to the last byte. Default 10 s: the user looks at a spinner meanwhile */
  timeout?: number
  /** Bytes of all answers that are being read at the same time. Default 16 MB */
  allBytes?: number
  /** Bytes of the rows of all lists that are being read at the same time. Default 64 MB */
  allListBytes?: number
  /** Resolves names. Default: by DNS; as the system does for those that `allowInsecurePortals` lets through */
  lookup?: LookupAll
}

interface PortalMessage {
  memberId: string
  url: string
  /** JSON */
  body: string
  /** Bytes of the answer at most, after decompression. Default 4 MB */
  maxBytes?: number | undefined
}

/** What came back from a portal, which may be anybody's. `json` is undefined when the answer is not a JSON object. */
export interface PortalReply {
  status: number
  json: unknown
  location: string | undefined
  /** Bytes of both bodies as they travelled */
  sent: number
  received: number
}

export type PortalConnections = ReturnType<typeof createPortalConnections>

const megabyte = 1024 * 1024
const headers = {
  'content-type': 'application/json',
  accept: 'application/json',
  'accept-encoding': 'gzip',
  'user-agent': 'fastify-bitrix24'
}
// Milliseconds that a connection is kept: a request is lost on one that the portal has just closed
const keepAlive = 4000
// Milliseconds that a call waits for its turn
const patience = 5000

const busy = () => new PortalUnavailableError({ cause: new Error('too many calls of this portal are under way') })

/** The connections to all portals. The portal at the other end is not trusted. */
export function createPortalConnections (options: PortalConnectionsOptions = {}) {
  const { allowInsecurePortals = false, timeout = 10_000, lookup } = options
  const { allBytes = 16 * megabyte, allListBytes = 64 * megabyte } = options
  // Half of the time, so that nothing still tries to connect when the exchange is given up.
  const settings = { connectTimeout: timeout / 2, keepAlive: true, timeout: keepAlive }
  const anywhere = createRequester({ ...settings, lookup: checkedLookup(lookup ?? systemLookup, () => false) })
  const names = createDnsLookup()
  const publicOnly = createRequester({ ...settings, lookup: publicLookup(lookup ?? names.lookup) })
  const hold = createByteBudget(allBytes, 'answers')
  // An answer of 4 MB takes a tenth of a second to read.
  const oneByOne = createOneByOne(timeout, busy)

  async function exchange ({ memberId, body, maxBytes = 4 * megabyte }: PortalMessage, url: URL): Promise<PortalReply> {
    const requester = allowsInsecure(allowInsecurePortals, url) ? anywhere : publicOnly
    const holding = hold(memberId)
    const { signal } = holding
    const timer = setTimeout(() => holding.abort(new Error(`no answer within ${timeout} ms`)), timeout)
    let received = 0
    const keep = (bytes: number) => {
      received += bytes
      holding.add(bytes)
    }
    try {
      return await requester.exchange(url, { method: 'POST', headers, body, signal, maxBytes }, async answer => {
        const { 'content-encoding': encoding, location } = answer.headers
        const inTurn = <T>(work: () => T) => oneByOne(memberId, signal, work)
        const json = await readAnswer(answer, { encoding, maxBytes, keep, inTurn })
        return { status: Number(answer.statusCode), json, location, sent: Buffer.byteLength(body), received }
      })
    } finally {
      clearTimeout(timer)
      holding.release()
    }
  }

  return {
    /** Runs a call of a portal when it is its turn; PortalUnavailableError when that takes too long. */
    inTurn: createFairQueue({
      name: 'portal-calls', slots: 500, slotsPerKey: 10, roomPerKey: 100, patience, rejection: busy
    }),
    /** Counts the rows of a list, which are kept until the portal has given the last one. */
    holdList: createByteBudget(allListBytes, 'lists'),
    /**
     * Posts to a portal's REST interface, within limits of bytes and time; a redirect is an answer.
     *
     * @throws PortalAddressError for an address that is not public, by name or by DNS; PortalUnavailableError
     */
    async post (message: PortalMessage): Promise<PortalReply> {
      const url = new URL(message.url)
      if (!isPermitted(allowInsecurePortals, url)) throw new PortalAddressError()
      return await exchange(message, url).catch(cause => {
        throw cause instanceof PortalAddressError ? cause : new PortalUnavailableError({ cause })
      })
    },
    close (): void {
      anywhere.close()
      publicOnly.close()
      names.close()
    }
  }
}

/**
 * Resolves names for connections, and refuses one with a private address among its addresses. What is checked here is
 * connected to: the name is not resolved a second time.
 */
export const publicLookup = (lookup: LookupAll): LookupFunction => checkedLookup(lookup, isPrivateHost)

function checkedLookup (lookup: LookupAll, refuses: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '')
      const [first] = addresses
      if (first === undefined || addresses.some(({ address }) => refuses(address))) {
        return callback(new PortalAddressError(), '')
      }
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}
