import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { bearerOf } from '../../src/http/headers.ts'
import { PageSessionError } from '../../src/errors.ts'
import { someKeys } from '../../src/crypto/keys.ts'

/** What a page may say of itself: who opened it, where, and which placement it is. */
export interface PageSession {
  memberId: string
  userId: number
  /** Host of the portal, with a port if it has one */
  domain: string
  placement: string
  /** Interface language: a code of Bitrix24 */
  lang: string
  /** Whether the portal has said that the user administers it */
  isAdmin: boolean
}

/** A session to sign; without `isAdmin` it is not an administrator's. */
export interface NewPageSession extends Omit<PageSession, 'isAdmin'>, Partial<Pick<PageSession, 'isAdmin'>> {
  /** Since when the portal had the application when the user was proven (milliseconds since 1970). Default: the present one */
  installedAt?: number | undefined
}

export interface PageSessionOptions {
  /** Keys of 32 bytes, newest first: the first signs, any of them verifies */
  keys: readonly Uint8Array[]
  /** client_id: the audience of the sessions */
  clientId: string
  /** Counts a call of a page's user, and throws when they are too many. Default: nobody counts */
  limit?: (memberId: string, userId: number) => void | Promise<void>
  /**
   * Since when a portal has the application (milliseconds since 1970); null: it was uninstalled; undefined: nothing is known.
   * Asked with every session that is verified, as each ends with its installation. Default: nothing is known
   */
  installedAt?: (memberId: string) => Promise<number | null | undefined>
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Signs a session for a page. In: the session, and when the proof behind it expires (milliseconds since 1970).
     * Lives an hour at most, and ends with the installation. Errors: those of `options.installedAt`.
     */
    createPageSession: (session: NewPageSession, expiresAt: number) => Promise<string>
    /**
     * For routes that our own pages call, in their handler or as a hook: reads `Authorization: Bearer`, sets
     * `request.pageSession`. Errors: PageSessionError, RateLimitedError, and those of `options.installedAt`.
     */
    verifyPageSession: (request: FastifyRequest) => Promise<PageSession>
  }
  interface FastifyRequest {
    /** The page that makes this call; null until `verifyPageSession` */
    pageSession: PageSession | null
  }
}

const hour = 3_600_000
const nothingIsKnown = async () => undefined

/**
 * Sessions of our own pages: signed tokens (HS256), because cookies do not travel in a frame of another site.
 * Options: see PageSessionOptions. A session is signed anew only when something in it changed: signing costs more than a page.
 */
async function pageSession (fastify: FastifyInstance, options: PageSessionOptions) {
  const { keys, clientId, installedAt = nothingIsKnown, limit, now = Date.now } = options
  const [newest] = someKeys(keys, 'page-session')
  if (!clientId) throw new Error('page-session: options.clientId is required')
  const signed = new LRUCache<string, { token: string, end: number }>({ max: 10_000 })

  fastify.decorate('createPageSession', async (session: NewPageSession, expiresAt: number) => {
    const end = Math.floor(Math.min(expiresAt, now() + hour) / 1000)
    const { memberId, userId, domain, placement, lang, isAdmin = false } = session
    const since = session.installedAt ?? await installedAt(memberId)
    const key = hash('sha256', JSON.stringify([memberId, userId, domain, placement, lang, isAdmin, since, expiresAt]), 'base64')
    const known = signed.get(key)
    if (known !== undefined && known.end * 1000 > now()) return known.token
    const token = await new SignJWT({ placement, lang, domain, since, ...(isAdmin && { admin: true }) })
      .setProtectedHeader({ alg: 'HS256' }).setAudience(clientId).setSubject(`${memberId}:${userId}`).setExpirationTime(end).sign(newest)
    signed.set(key, { token, end })
    return token
  })

  fastify.decorateRequest('pageSession', null)
  fastify.decorate('verifyPageSession', async (request: FastifyRequest) => {
    request.pageSession = await verify(bearerOf(request))
    await limit?.(request.pageSession.memberId, request.pageSession.userId)
    return request.pageSession
  })

  async function verify (token: string): Promise<PageSession> {
    for (const key of keys) {
      const verified = await jwtVerify(token, key, { algorithms: ['HS256'], audience: clientId, currentDate: new Date(now()), requiredClaims: ['sub', 'exp'] })
        .catch(() => undefined)
      if (verified === undefined) continue
      const { sub = '', domain, placement, lang, since, admin } = verified.payload
      const [memberId = '', userId = ''] = sub.split(':')
      // Of a portal that was uninstalled no session is good, nor is one of an earlier installation.
      const present = await installedAt(memberId)
      if (present === null || present !== since) break
      return { memberId, userId: Number(userId), domain: String(domain), placement: String(placement), lang: String(lang), isAdmin: admin === true }
    }
    throw new PageSessionError()
  }
}

export default fp(pageSession, { fastify: '5.x', name: 'b24-page-session' })
