import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import { ForeignApplicationError, ServerEndpointError } from '../../src/errors.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { UnverifiedCall } from './verify-call.ts'

export interface RefusalNoticesOptions {
  log: Pick<FastifyBaseLogger, 'warn'>
  /** client_id of the application */
  clientId: string
  /** The clock, in milliseconds since 1970 */
  now: () => number
}

const minute = 60_000
// Anybody can send such calls: the log is not theirs to fill.
const noticesPerMinute = 20

const plain = (text: string, pattern: RegExp): string => pattern.test(text) ? text : 'unreadable'

/** The host that an address names, or what says that it names none. */
const hostOf = (address: string): string => plain(URL.parse(address)?.host ?? '', /^[\w.-]{1,100}(:\d{1,5})?$/)

/**
 * Tells the operator why calls are refused when it may be a setting of theirs. Each of them once a minute, twenty in all.
 * Out: a function that is told of every refused call.
 */
export function createRefusalNotices ({ log, clientId, now }: RefusalNoticesOptions): (claim: UnverifiedCall, error: unknown) => void {
  const said = new LRUCache<string, true>({ max: noticesPerMinute, ttl: minute, ttlResolution: 0, perf: { now } })

  function say (key: string, fields: object, message: string): void {
    said.purgeStale()
    if (said.has(key) || said.size >= noticesPerMinute) return
    said.set(key, true)
    log.warn(fields, message)
  }

  return ({ memberId, serverEndpoint }, error) => {
    const member = memberHash(memberId)
    if (error instanceof ForeignApplicationError) {
      const issuedFor = plain(error.issuedFor, /^[\w.-]{1,100}$/)
      say(issuedFor, { member, issuedFor, clientId }, `AUTH_ID was issued for the application ${issuedFor}, and B24_CLIENT_ID is ${clientId}: compare it with the application's card`)
    }
    if (error instanceof ServerEndpointError) {
      const server = hostOf(serverEndpoint)
      say(server, { member, server }, `SERVER_ENDPOINT names ${server}, which is not on the list B24_OAUTH_SERVERS`)
    }
  }
}
