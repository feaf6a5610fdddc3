import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import { ForeignApplicationError, ServerEndpointError } from '../../src/errors.ts'
import { memberHash } from '../../src/log/logger.ts'
import { living } from '../../src/lru.ts'
import type { UnverifiedCall, Verify } from './calls.ts'

interface NoticesOptions {
  log: Pick<FastifyBaseLogger, 'warn'>
  clientId: string
  now: () => number
}

const minute = 60_000
// Anybody can send such calls, so they must not fill the log.
const noticesPerMinute = 20

const plain = (text: string, pattern: RegExp): string => pattern.test(text) ? text : 'unreadable'

/** The host of an address, or `unreadable`. */
const hostOf = (address: string): string => plain(URL.parse(address)?.host ?? '', /^[\w.-]{1,100}(:\d{1,5})?$/)

/** Warns the operator when calls fail because of what may be a wrong setting: each one once a minute, twenty in all. */
export function noticed (verify: Verify, { log, clientId, now }: NoticesOptions): Verify {
  const recent = new LRUCache<string, true>({ max: noticesPerMinute, ...living(minute, now) })

  function warn (key: string, fields: object, message: string): void {
    recent.purgeStale()
    if (recent.has(key) || recent.size >= noticesPerMinute) return
    recent.set(key, true)
    log.warn(fields, message)
  }

  function notice ({ memberId, serverEndpoint }: UnverifiedCall, error: unknown): void {
    const member = memberHash(memberId)
    if (error instanceof ForeignApplicationError) {
      const issuedFor = plain(error.issuedFor, /^[\w.-]{1,100}$/)
      warn(issuedFor, { member, issuedFor, clientId }, `AUTH_ID was issued for the application ${issuedFor}, ` +
        `but B24_CLIENT_ID is ${clientId}: compare it with the application's card`)
    }
    if (error instanceof ServerEndpointError) {
      const server = hostOf(serverEndpoint)
      warn(server, { member, server }, `SERVER_ENDPOINT names ${server}, which B24_OAUTH_SERVERS does not list`)
    }
  }

  return call => verify(call).catch(error => {
    notice(call, error)
    throw error
  })
}
