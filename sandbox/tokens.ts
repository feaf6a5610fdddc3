import { randomBytes } from 'node:crypto'
import type { Portal, SandboxUser } from './portal.ts'

/** An access token with its refresh token: the right of one application to act for one user on one portal. */
export interface Token {
  accessToken: string
  refreshToken: string
  clientId: string
  portal: Portal
  user: SandboxUser
  /** host:port by which the portal was known when the token was issued. */
  domain: string
  /** Language in which its user looks at the portal: names of stages come in it. */
  lang: string
  /** Unix seconds. */
  expiresAt: number
  /** The application was removed from the portal after this token was issued. */
  uninstalled: boolean
}

/** Whom an authorization code stands for. */
interface Code {
  clientId: string
  portal: Portal
  user: SandboxUser
  /** Unix milliseconds. */
  expiresAt: number
}

/** Lifetime of an authorization code in milliseconds. */
const CODE_LIFETIME = 30_000

/** Every token that the authorization server has issued. */
export class Tokens {
  readonly #byAccess = new Map<string, Token>()
  readonly #byRefresh = new Map<string, Token>()
  readonly #codes = new Map<string, Code>()

  /** A new pair. `expiresIn` is in seconds and may be negative for a token that has already expired. */
  issue (
    portal: Portal, user: SandboxUser, clientId: string, expiresIn = 3600, domain = portal.domain, lang = 'en'
  ): Token {
    const token: Token = {
      accessToken: randomBytes(35).toString('hex'),
      refreshToken: randomBytes(35).toString('hex'),
      clientId,
      portal,
      user,
      domain,
      lang,
      expiresAt: Math.floor(Date.now() / 1000) + expiresIn,
      uninstalled: false
    }
    this.#byAccess.set(token.accessToken, token)
    this.#byRefresh.set(token.refreshToken, token)
    return token
  }

  /** The token, also when it has expired or its application was removed. */
  find (accessToken: string): Token | undefined {
    return this.#byAccess.get(accessToken)
  }

  /** Whoever holds this refresh token. It can be exchanged once: after `refresh` it is unknown. */
  findByRefresh (refreshToken: string): Token | undefined {
    return this.#byRefresh.get(refreshToken)
  }

  /** A new pair for the old one. The old access token lives on until it expires, the old refresh token is spent. */
  refresh (token: Token): Token {
    this.#byRefresh.delete(token.refreshToken)
    return this.issue(token.portal, token.user, token.clientId, 3600, token.domain, token.lang)
  }

  /** A code that an application can exchange for a pair, once and within 30 seconds. */
  issueCode (portal: Portal, user: SandboxUser, clientId: string): string {
    const code = randomBytes(16).toString('hex')
    this.#codes.set(code, { portal, user, clientId, expiresAt: Date.now() + CODE_LIFETIME })
    return code
  }

  /** The pair for a code, which is spent by asking. Undefined for a code that is unknown, spent or too old. */
  exchangeCode (code: string): Token | undefined {
    const found = this.#codes.get(code)
    this.#codes.delete(code)
    if (!found || found.expiresAt < Date.now()) return undefined
    return this.issue(found.portal, found.user, found.clientId)
  }

  /** Both tokens are unknown from now on. */
  revoke (accessToken: string): void {
    const token = this.#byAccess.get(accessToken)
    if (!token) return
    this.#byAccess.delete(accessToken)
    this.#byRefresh.delete(token.refreshToken)
  }

  /** The application was removed from this portal: its tokens are marked, its codes are gone. */
  uninstall (portal: Portal): void {
    for (const token of this.#byAccess.values()) {
      if (token.portal === portal) token.uninstalled = true
    }
    for (const [code, found] of this.#codes) {
      if (found.portal === portal) this.#codes.delete(code)
    }
  }
}

/** Whether the lifetime of an access token is over. */
export const isExpired = (token: Token): boolean => token.expiresAt <= Date.now() / 1000
