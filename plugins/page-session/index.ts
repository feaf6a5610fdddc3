import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { someKeys } from '../../src/crypto/keys.ts'
import { storeUnavailable } from '../../src/errors.ts'
import { bearerOf } from '../../src/http/headers.ts'
import { upTo } from '../../src/lru.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import { createGrants, type Grants } from './grants.ts'
import type { NewPageSession, PageSession } from './session.ts'
import { createSessions } from './sessions.ts'

export type { NewPageSession, PageSession } from './session.ts'

export interface PageSessionOptions {
  /** Keys of 32 bytes, newest first: the first signs, any of them verifies */
  keys: readonly Uint8Array[]
  /** client_id: the audience of the sessions */
  clientId: string
  /** Counts a call of a page's user, and throws beyond a limit. Default: no limit */
  limit?: (memberId: string, userId: number) => void | Promise<void>
  /** Where the installations are stored: a session ends with its installation. Default: nothing is stored */
  store?: Pick<InstallationStore, 'get'>
  /** Milliseconds since 1970. Default Date.now */
  now?: () => number
}

interface PageTokens extends Grants {
  /**
   * Signs a session for a page. It ends with the installation, after an hour, or at `expiresAt`, when the proof behind
   * it expires (milliseconds since 1970).
   *
   * @throws StoreUnavailableError
   */
  createSession: (session: NewPageSession, expiresAt: number) => Promise<string>
  /**
   * For the route that refreshes sessions: as `verifyPageSession`, but also takes a session that ended within the last
   * 24 hours.
   *
   * @throws what `verifyPageSession` throws
   */
  verifyEnded: (request: FastifyRequest) => Promise<PageSession>
  /**
   * Signs the session that follows on another: for a quarter of an hour, or until `expiresAt`, as in `createSession`.
   * `expiresIn` is in seconds.
   *
   * @throws StoreUnavailableError
   */
  refreshSession: (session: NewPageSession, expiresAt: number) => Promise<{ session: string, expiresIn: number }>
}

declare module 'fastify' {
  interface FastifyInstance {
    /** What a page carries, so that the routes it calls know who opened it, and what its handler allows. */
    pageTokens: PageTokens
    /**
     * For routes that our own pages call, in their handler or as a hook: reads `Authorization: Bearer` and sets
     * `request.pageSession`.
     *
     * @throws PageSessionError, StoreUnavailableError, and what `options.limit` throws
     */
    verifyPageSession: (request: FastifyRequest) => Promise<PageSession>
  }
  interface FastifyRequest {
    /** The page that makes this call; null until `verifyPageSession` */
    pageSession: PageSession | null
  }
}

/** The session of the user who opened a page, for its `<meta>`; nothing unless the call is verified. */
export async function pageSessionMeta (request: FastifyRequest): Promise<Record<string, string>> {
  const { placement, verifiedCall: call, isPortalAdmin: isAdmin, server } = request
  if (placement === null || call === null) return {}
  const { memberId, userId, domain, installedAt, expiresAt } = call
  const { code, lang } = placement
  const session = { memberId, userId, domain, installedAt, placement: code, lang, isAdmin }
  return { 'page-session': await server.pageTokens.createSession(session, expiresAt) }
}

const quarter = 900_000
const hour = 3_600_000
const day = 24 * hour

/** Sessions of our own pages: signed tokens (HS256), because cookies do not travel in a frame of another site. */
async function pageSession (fastify: FastifyInstance, options: PageSessionOptions) {
  checkOptions('page-session', options, {
    keys: rule.keys,
    clientId: rule.text,
    limit: optional(rule.callable),
    store: optional(rule.storeWith('get')),
    now: optional(rule.clock)
  })
  const { clientId, store, limit, now = Date.now } = options
  const keys = someKeys(options.keys)

  /** Null: the application was uninstalled; undefined: nothing is stored. */
  async function installedAt (memberId: string): Promise<number | null | undefined> {
    const row = await store?.get(memberId).catch(storeUnavailable)
    return row?.uninstalledAt === null ? row.installedAt : row && null
  }

  const sinceOf = async ({ memberId, installedAt: since }: NewPageSession) => since ?? await installedAt(memberId)
  const endOf = (expiresAt: number, lifetime: number) => Math.floor(Math.min(expiresAt, now() + lifetime) / 1000)
  const sessions = createSessions({ keys, clientId, now, installedAt })
  // Signing costs more than a page, so a token is used until something in the session changes.
  const signed = new LRUCache<string, { token: string, end: number }>(upTo(10_000))

  async function createSession (session: NewPageSession, expiresAt: number): Promise<string> {
    const { memberId, userId, domain, placement, lang, isAdmin = false } = session
    const since = await sinceOf(session)
    const fields = [memberId, userId, domain, placement, lang, isAdmin, since, expiresAt]
    const key = JSON.stringify(fields)
    const known = signed.get(key)
    if (known !== undefined && known.end * 1000 > now()) return known.token
    const end = endOf(expiresAt, hour)
    const token = await sessions.sign(session, since, end)
    signed.set(key, { token, end })
    return token
  }

  const verify = (tolerance: number) => async (request: FastifyRequest) => {
    const session = await sessions.read(bearerOf(request), tolerance)
    request.pageSession = session
    await limit?.(session.memberId, session.userId)
    return session
  }
  const session = async (request: FastifyRequest) => request.pageSession ?? await fastify.verifyPageSession(request)

  fastify.decorate('pageTokens', {
    createSession,
    verifyEnded: verify(day),
    async refreshSession (session, expiresAt) {
      const end = endOf(expiresAt, quarter)
      const token = await sessions.sign(session, await sinceOf(session), end)
      return { session: token, expiresIn: end - Math.floor(now() / 1000) }
    },
    ...createGrants({ keys, clientId, now, installedAt, session })
  })
  fastify.decorateRequest('pageSession', null)
  fastify.decorate('verifyPageSession', verify(0))
}

export default fp(pageSession, { fastify: '5.x', name: 'b24-page-session' })
