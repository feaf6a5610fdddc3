import { createHash } from 'node:crypto'
import { parseApiKey, type ApiKey } from '../plugins/links/api-keys.ts'
import { defaultAuthorizationServers } from './http/server-address.ts'
import { allowsInsecure, readInsecurePortals, type InsecurePortals } from './http/insecure-portals.ts'
import { createKeyRing } from './crypto/keys.ts'
import { isAppCode } from './http/slider-link.ts'
import { isNetwork } from './http/trusted-proxies.ts'

/** The settings of the service, read once from the environment. Times and sizes are not settings: they belong to the plugins. */
export interface Config {
  host: string
  port: number
  logLevel: string
  /** Addresses, CIDRs or names of networks (loopback, linklocal, uniquelocal) of the proxies in front of the service; false: none */
  trustProxy: string[] | false
  /** HTTPS address by which Bitrix24 reaches the service, without a trailing slash */
  publicUrl: string
  clientId: string
  clientSecret: string
  /** The code in slider links */
  appCode: string
  /** Origins of the authorization servers that may be asked; the first is the default */
  oauthServers: string[]
  applicationToken: 'required' | 'when-present'
  databaseUrl: string
  /** One or more base64 keys of 32 bytes, newest first */
  appSecret: string
  /** Portals that may have plain http or private addresses: all, none, or those hosts */
  allowInsecurePortals: InsecurePortals
  /** For how many seconds calls are still taken after the signal to stop, while /ready says that no more should come */
  shutdownDelay: number
  /** For how many seconds the start may take until the service listens */
  startTimeout: number
  /** For how many days the visits of links are kept; 0: they are not counted */
  linkVisitsDays: number
  /** The keys with which back-ends write links */
  linksApiKeys: ApiKey[]
  /** What has to be known to read the metrics; '': nothing */
  metricsToken: string
  /** Origins of the servers whose documents may be shown */
  documentOrigins: string[]
}

/** Thrown by `loadConfig`: its message has one line for each variable that is missing or wrong, and never a value. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

const card = 'in Bitrix24: Developer resources > your application > its card'
// What a shell without the key makes of `printf %s "$KEY" | sha256sum`.
const hashOfNothing = createHash('sha256').digest('hex')
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/**
 * Reads the configuration. The only reader of the environment.
 * In: the variables, usually `process.env`; an empty one counts as missing. Out: the settings.
 * Errors: ConfigError, one line a variable: its name, what is wrong, where to find it.
 */
export function loadConfig (env: Record<string, string | undefined>): Config {
  const wrong: string[] = []
  const complain = (name: string, what: string) => { wrong.push(`${name}: ${what}`) }
  const text = (name: string, fallback?: string, hint?: string) => {
    const value = env[name]?.trim() || fallback
    if (value === undefined) complain(name, `missing. ${hint}`)
    return value ?? ''
  }
  const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T => {
    const value = text(name, fallback)
    const known = values.find(candidate => candidate === value)
    if (known === undefined) complain(name, `must be one of ${values.join(', ')}`)
    return known ?? fallback
  }
  const wholeNumber = (name: string, fallback: string, max: number, min = 0): number => {
    const value = Number(text(name, fallback))
    if (!Number.isInteger(value) || value < min || value > max) complain(name, `must be a whole number from ${min} to ${max}`)
    return value
  }
  const origin = (name: string, value: string) => {
    const url = URL.canParse(value) ? new URL(value) : undefined
    const plain = url !== undefined && url.username === '' && url.search === '' && url.hash === ''
    // Pages name their styles and scripts from the root of the address.
    if (url !== undefined && url.pathname !== '/') complain(name, 'must be an address without a path')
    else if (!plain || !(url.protocol === 'https:' || (url.protocol === 'http:' && allowsInsecure(allowInsecurePortals, url)))) complain(name, 'must be an https:// address')
    return url?.origin ?? ''
  }

  const insecurePortals = readInsecurePortals(text('ALLOW_INSECURE_PORTALS', 'false'))
  const allowInsecurePortals = insecurePortals ?? false
  if (insecurePortals === undefined) complain('ALLOW_INSECURE_PORTALS', 'must be true, false or hosts such as b24.example.lan, 10.0.0.5:8080, *.example.lan')
  const port = wholeNumber('PORT', '3000', 65535)
  const publicUrl = text('PUBLIC_URL', undefined, 'The https:// address by which Bitrix24 reaches this service')
  const clientId = text('B24_CLIENT_ID', undefined, `"Application ID (client_id)", ${card}`)
  const clientSecret = text('B24_CLIENT_SECRET', undefined, `"Application key (client_secret)", ${card}`)
  const appCode = text('B24_APP_CODE', clientId === '' ? 'unknown' : clientId)
  if (!isAppCode(appCode)) complain(env['B24_APP_CODE'] ? 'B24_APP_CODE' : 'B24_CLIENT_ID', `may hold letters, digits, "." and "_" only; ${card}`)
  const appSecret = text('APP_SECRET', undefined, "Make one: node -e \"console.log(crypto.randomBytes(32).toString('base64'))\"")
  if (appSecret !== '') {
    try { createKeyRing(appSecret) } catch { complain('APP_SECRET', 'must be base64 keys of 32 bytes each, comma separated, newest first') }
  }
  const databaseUrl = text('DATABASE_URL', 'sqlite:data/bitrix24.db')
  if (!/^(sqlite:.|postgres(ql)?:\/\/)/.test(databaseUrl)) complain('DATABASE_URL', 'must be sqlite:<file> or postgres://…')
  const proxies = text('TRUST_PROXY', 'none').split(',').map(address => address.trim())
  const trustProxy = proxies.join() === 'none' ? false : proxies
  if (trustProxy && !trustProxy.every(isNetwork)) complain('TRUST_PROXY', 'must be addresses, CIDRs, or loopback, linklocal, uniquelocal, comma separated')

  const apiKeys = text('LINKS_API_KEYS', 'none').split(',').map(key => key.trim()).filter(key => key !== 'none').map(parseApiKey)
  const linksApiKeys = apiKeys.filter(key => key !== undefined)
  if (linksApiKeys.length < apiKeys.length) complain('LINKS_API_KEYS', 'must be name:sha256 or name:sha256:member_id|member_id, comma separated, with SHA-256 sums in hex: of the keys, never the keys themselves')
  else if (linksApiKeys.some(({ sha256 }) => sha256 === hashOfNothing)) complain('LINKS_API_KEYS', 'must not hold the SHA-256 sum of an empty key')
  else if (['name', 'sha256'].some(part => new Set(linksApiKeys.map(key => key[part as 'name' | 'sha256'])).size < linksApiKeys.length)) complain('LINKS_API_KEYS', 'must not hold a name or a sum twice')

  const documentOrigins = text('DOCUMENT_ORIGINS', 'none').split(',').map(server => server.trim()).filter(server => server !== 'none')
    .map(server => origin('DOCUMENT_ORIGINS', server))
  // A page of our own origin could break out of the frame it is shown in.
  if (documentOrigins.includes(URL.parse(publicUrl)?.origin ?? 'none')) complain('DOCUMENT_ORIGINS', 'must be other servers than this one')

  const config: Config = {
    host: text('HOST', '0.0.0.0'),
    port,
    logLevel: oneOf('LOG_LEVEL', levels, 'info'),
    trustProxy,
    publicUrl: publicUrl === '' ? '' : origin('PUBLIC_URL', publicUrl),
    clientId,
    clientSecret,
    appCode,
    oauthServers: text('B24_OAUTH_SERVERS', defaultAuthorizationServers.join())
      .split(',').map(server => origin('B24_OAUTH_SERVERS', server.trim())),
    applicationToken: oneOf('B24_APPLICATION_TOKEN', ['required', 'when-present'], 'when-present'),
    databaseUrl,
    appSecret,
    allowInsecurePortals,
    shutdownDelay: wholeNumber('SHUTDOWN_DELAY', '0', 60),
    startTimeout: wholeNumber('START_TIMEOUT', '60', 3600, 1),
    linkVisitsDays: wholeNumber('LINK_OPENINGS_DAYS', '90', 3650),
    linksApiKeys,
    metricsToken: text('METRICS_TOKEN', ''),
    documentOrigins
  }
  if (wrong.length > 0) throw new ConfigError([...new Set(wrong)].join('\n'))
  return config
}
