import { jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { PageSessionError } from '../../src/errors.ts'
import type { NewPageSession, PageSession } from './session.ts'

interface SessionsOptions {
  /** Newest first: the first signs, any of them verifies */
  keys: readonly [Uint8Array, ...Uint8Array[]]
  /** client_id: the audience of the sessions */
  clientId: string
  /** Milliseconds since 1970 */
  now: () => number
  installedAt: (memberId: string) => Promise<Since>
}

/** Since when the application is installed on a portal; null: it is not; undefined: nothing is stored */
type Since = number | null | undefined

/** Signs and reads sessions: tokens (HS256) that end with the installation. */
export function createSessions ({ keys, clientId, now, installedAt }: SessionsOptions) {
  const [newest] = keys

  /** Signs a session that ends at `end`, in Unix seconds. */
  async function sign (session: NewPageSession, since: Since, end: number): Promise<string> {
    const { memberId, userId, domain, placement, lang, isAdmin = false } = session
    return await new SignJWT({ placement, lang, domain, since, ...(isAdmin && { admin: true }) })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(clientId)
      .setSubject(`${memberId}:${userId}`)
      .setExpirationTime(end)
      .sign(newest)
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

  return { sign, read }
}
