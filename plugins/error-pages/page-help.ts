import type { FastifyRequest } from 'fastify'
import { OptionsMismatchError } from '../../src/errors.ts'
import { postedFrame } from '../../src/http/frame.ts'
import type { I18n } from '../page/i18n.ts'

// What whoever manages the portal or runs the service can do about it: `error.admin.<text>`.
const adminTexts: Record<string, string> = {
  address: 'address',
  'application-token': 'open',
  foreign: 'client',
  'install-refused': 'permissions',
  internal: 'log',
  'not-installed': 'install',
  payment: 'payment',
  'placement-unknown': 'install',
  'portal-refused': 'permissions',
  'portal-unavailable': 'server',
  'screen-unknown': 'install',
  'server-unavailable': 'server',
  'store-unavailable': 'log',
  'tokens-lost': 'open',
  'tokens-missing': 'install',
  'tokens-refused': 'server'
}

/** Key of the text for whoever manages the portal: the page's own, such as an application has, else one of ours. */
export function adminText (i18n: Pick<I18n, 'has'>, pageName: string): string | undefined {
  const own = `error.${pageName}.admin`
  if (i18n.has(own)) return own
  const text = adminTexts[pageName]
  return text && `error.admin.${text}`
}

/** Whether the same call may succeed when the portal makes it again, with a new token. */
export const isReloadable = (status: number, pageName: string): boolean =>
  status === 401 || status === 429 || status >= 500 || pageName === 'application-token'

/** Host of the portal that framed the page; undefined: none that a portal can have. */
export function portalOf (request: FastifyRequest): string | undefined {
  const { origin } = postedFrame(request)
  return origin === null ? undefined : new URL(origin).host
}

/** What the options of a call got wrong: a name that a schema declares, and its label in the user's language. */
export function wrongParameter (error: unknown): { parameter?: string, label?: string } {
  if (!(error instanceof OptionsMismatchError && 'parameter' in error)) return {}
  const parameter = String(error.parameter)
  return { parameter, label: 'label' in error ? String(error.label) : parameter }
}
