import type { Installation } from '../../src/store/installation-store.ts'
import { FAILED, LOST, UNAVAILABLE, UNREADABLE } from './refresh-state.ts'

/** What is wrong with the application's access to a portal, and what the viewer can do about it: keys of texts. */
export interface AccessTrouble {
  text: string
  todo: string
  /** The authorization server's code, when no text of ours says what it means */
  code?: string
  /** Milliseconds since 1970: before that it is not tried again, unless a person does something */
  nextTryAt?: number
}

/** Who looks. */
export interface TroubleViewer {
  isAdmin: boolean
  /** Whether their call has brought a refresh token, which is taken for a pair that is dead */
  bringsToken: boolean
}

// They pass by themselves: a server was silent, a mistake of ours is in the log, and a pair that is there can be read again.
const passing = new Set([UNAVAILABLE, FAILED, UNREADABLE])

interface Words { text: string, admin: string, others: string }

const secret: Words = { text: 'home.trouble.secret', admin: 'home.trouble.secret.todo', others: 'home.trouble.secret.todo' }
const unknown: Words = { text: 'home.trouble.refused', admin: 'home.trouble.tell', others: 'home.trouble.tell' }

// By the authorization server's code. An administrator is not told to ask one.
const known = new Map<string, Words>([
  ['payment_required', { text: 'error.payment.text', admin: 'home.trouble.renew', others: 'error.payment.todo' }],
  ['not_installed', { text: 'error.not-installed.text', admin: 'home.trouble.reinstall', others: 'error.not-installed.todo' }],
  ['wrong_client', secret],
  ['invalid_client', secret]
])

/**
 * What is wrong, as far as a person has to know: that a server was silent for once passes by itself.
 * In: what is stored of the portal, who looks, the time in milliseconds since 1970. Out: undefined when all is well.
 */
export function accessTrouble (installation: Pick<Installation, 'tokens' | 'refresh'> | undefined, { isAdmin, bringsToken }: TroubleViewer, now: number): AccessTrouble | undefined {
  const { tokens = null, refresh = null } = installation ?? {}
  if (tokens === null) return { text: 'error.tokens-missing.text', todo: isAdmin ? 'home.trouble.reinstall' : 'error.tokens-missing.todo' }
  if (refresh === null || passing.has(refresh.code)) return undefined
  const { code, nextTryAt } = refresh
  if (code === LOST) {
    const todo = bringsToken ? 'home.trouble.restoring' : 'home.trouble.reinstall'
    return { text: 'home.trouble.lost', todo: isAdmin ? todo : 'error.tokens-lost.todo' }
  }
  const { text, admin, others } = known.get(code) ?? unknown
  return {
    text,
    todo: isAdmin ? admin : others,
    ...(!known.has(code) && { code }),
    ...(nextTryAt > now && Number.isFinite(nextTryAt) && { nextTryAt })
  }
}
