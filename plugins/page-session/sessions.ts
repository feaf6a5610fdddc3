import { hash } from 'node:crypto'
import { jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { PageSessionError } from '../../src/errors.ts'
import type { NewPageSession, PageSession } from './session.ts'

interface SessionsOptions {
  /** Newest first: the first signs, any of them verifies */
  keys: readonly [Uint8Array, ...Uint8Array[]]
  /** client_id: the audience of the sessions */
  clientId: string
  /** Milliseconds since 1970 */
  now: () => number
  /** Since when the application is installed on a portal; null: it is not; undefined: nothing is stored */
  installedAt: (memberId: string) => Promise<number | null | undefined>
}

/** Signs and reads sessions: tokens (HS256) that end with the installation. */
export function createSessions ({ keys, clientId, now, installedAt }: SessionsOptions) {
  const [newest] = keys
  const signed = new LRUCache<string, { token: string, end: number }>({ max: 10_000 })

  const sinceOf = async ({ memberId, installedAt: since }: NewPageSession) => since ?? await installedAt(memberId)

  async function sign (session: NewPageSession, end: number, since: number | null | undefined): Promise<string> {
    const { memberId, userId, domain, placement, lang, isAdmin = false } = session
    return await new SignJWT({ placement, lang, domain, since, ...(isAdmin && { admin: true }) })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(clientId)
      .setSubject(`${memberId}:${userId}`)
      .setExpirationTime(end)
      .sign(newest)
  }

  /** As `sign`. Signing costs more than a page, so a token is used until something in the session changes. */
  async function signOnce (session: NewPageSession, end: number, expiresAt: number): Promise<string> {
    const { memberId, userId, domain, placement, lang, isAdmin = false } = session
    const since = await sinceOf(session)
    const fields = [memberId, userId, domain, placement, lang, isAdmin, since, expiresAt]
    const key = hash('sha256', JSON.stringify(fields), 'base64')
    const known = signed.get(key)
    if (known !== undefined && known.end * 1000 > now()) return known.token
    const token = await sign(session, end, since)
    signed.set(key, { token, end })
    return token
  }

  /**
   * Reads a session that ended at most `tolerance` milliseconds ago.
   *
   * @throws PageSessionError, and what `installedAt` throws
   */
  async function read (token: string, tolerance: number): Promise<PageSession> {
    const { sub = '', domain, placement, lang, since, admin } = await open(token, tolerance)
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
  async function open (token: string, tolerance: number): Promise<JWTPayload> {
    const expected = {
      algorithms: ['HS256'],
      audience: clientId,
      currentDate: new Date(now()),
      clockTolerance: tolerance / 1000,
      requiredClaims: ['sub', 'exp']
    }
    for (const key of keys) {
      const verified = await jwtVerify(token, key, expected).catch(() => undefined)
      if (verified !== undefined) return verified.payload
    }
    throw new PageSessionError()
  }

  return {
    /** Signs a session that ends at `end`, in Unix seconds. */
    sign: async (session: NewPageSession, end: number) => await sign(session, end, await sinceOf(session)),
    signOnce,
    read
  }
}
