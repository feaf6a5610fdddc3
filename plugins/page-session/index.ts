import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { someKeys } from '../../src/crypto/keys.ts'
import { PageSessionError, storeUnavailable } from '../../src/errors.ts'
import { bearerOf } from '../../src/http/headers.ts'
import { optionsOf } from '../../src/schemas/plugin-options.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import { createGrants, type Grants } from './grants.ts'
import type { NewPageSession, PageSession } from './session.ts'

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

const hour = 3_600_000

/** Sessions of our own pages: signed tokens (HS256), because cookies do not travel in a frame of another site. */
async function pageSession (fastify: FastifyInstance, options: PageSessionOptions) {
  const { keys, clientId, store, limit, now = Date.now } = options
  const ownKeys = someKeys(keys, 'page-session')
  const [newest] = ownKeys
  optionsOf<PageSessionOptions>('page-session')(Boolean(clientId), 'clientId', 'not be empty')
  // Signing costs more than a page, so a token is used until something in the session changes.
  const signed = new LRUCache<string, { token: string, end: number }>({ max: 10_000 })

  /** Null: the application was uninstalled; undefined: nothing is stored. */
  async function installedAt (memberId: string): Promise<number | null | undefined> {
    const row = await store?.get(memberId).catch(storeUnavailable)
    return row?.uninstalledAt === null ? row.installedAt : row && null
  }

  async function createSession (session: NewPageSession, expiresAt: number): Promise<string> {
    const end = Math.floor(Math.min(expiresAt, now() + hour) / 1000)
    const { memberId, userId, domain, placement, lang, isAdmin = false } = session
    const since = session.installedAt ?? await installedAt(memberId)
    const fields = [memberId, userId, domain, placement, lang, isAdmin, since, expiresAt]
    const key = hash('sha256', JSON.stringify(fields), 'base64')
    const known = signed.get(key)
    if (known !== undefined && known.end * 1000 > now()) return known.token
    const token = await new SignJWT({ placement, lang, domain, since, ...(isAdmin && { admin: true }) })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(clientId)
      .setSubject(`${memberId}:${userId}`)
      .setExpirationTime(end)
      .sign(newest)
    signed.set(key, { token, end })
    return token
  }

  const session = async (request: FastifyRequest) => request.pageSession ?? await fastify.verifyPageSession(request)
  const grants = createGrants({ keys: ownKeys, clientId, now, installedAt, session })
  fastify.decorate('pageTokens', { createSession, ...grants })

  fastify.decorateRequest('pageSession', null)
  fastify.decorate('verifyPageSession', async (request: FastifyRequest) => {
    const session = await verify(bearerOf(request))
    request.pageSession = session
    await limit?.(session.memberId, session.userId)
    return session
  })

  async function verify (token: string): Promise<PageSession> {
    const { sub = '', domain, placement, lang, since, admin } = await open(token)
    const [memberId = '', userId = ''] = sub.split(':')
    const present = await installedAt(memberId)
    if (present === null || present !== since) throw new PageSessionError()
    return {
      memberId,
      userId: Number(userId),
      domain: String(domain),
      placement: String(placement),
      lang: String(lang),
      isAdmin: admin === true
    }
  }

  /** What a token says that one of the keys has signed. */
  async function open (token: string): Promise<JWTPayload> {
    const expected = {
      algorithms: ['HS256'], audience: clientId, currentDate: new Date(now()), requiredClaims: ['sub', 'exp']
    }
    for (const key of keys) {
      const verified = await jwtVerify(token, key, expected).catch(() => undefined)
      if (verified !== undefined) return verified.payload
    }
    throw new PageSessionError()
  }
}

export default fp(pageSession, { fastify: '5.x', name: 'b24-page-session' })
