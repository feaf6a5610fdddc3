import { Type, type StaticDecode, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { allowsInsecure, readInsecurePortals } from './http/insecure-portals.ts'
import { defaultAuthorizationServers } from './http/server-address.ts'
import { isAppCode } from './http/slider-link.ts'
import { readTraces, type TracesSettings } from './schemas/otel-variables.ts'
import {
  asIs, listOf, notHttps, oneOf, readAddress, readApiKeys, readDatabaseUrl, readFolder, readKeys, readNetworks,
  readOrigin, unquoted, wholeNumber, wrong
} from './schemas/variables.ts'

/** Thrown by `loadConfig`: one line for each variable that is missing or wrong, and never a value. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

interface Variable {
  /** Names of variables; the first that is set counts */
  variables: readonly string[]
  default?: string
  /** Where to find what is missing */
  hint?: string
}

/** A setting that is read from the text of a variable. `read` throws an error that says what the text must be. */
function setting<T> (names: string | string[], read: (text: string) => T, more: Omit<Variable, 'variables'>) {
  const variable: Variable = { variables: [names].flat(), ...more }
  return Object.assign(Type.Transform(Type.String()).Decode(read).Encode(String), variable)
}

const card = 'in Bitrix24: Developer resources > your application > its card'
const clientIdHint = { hint: `"Application ID (client_id)", ${card}` }
const insecureForm = 'must be true, false or hosts such as b24.example.lan, 10.0.0.5:8080, *.example.lan'
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/** The settings of the service. Times and sizes that nobody has to choose are options of the plugins. */
const ConfigSchema = Type.Object({
  host: setting('HOST', asIs, { default: '0.0.0.0' }),
  port: setting('PORT', wholeNumber(0, 65535), { default: '3000' }),
  logLevel: setting('LOG_LEVEL', oneOf(...levels), { default: 'info' }),
  /** Addresses, CIDRs or names of networks of the proxies in front of the service; false: none */
  trustProxy: setting('TRUST_PROXY', readNetworks, { default: 'none' }),
  /** The folder of the application, an absolute path; undefined: there is none */
  application: setting('APPLICATION', readFolder, { default: '' }),
  /** HTTPS address by which Bitrix24 reaches the service, without a trailing slash */
  publicUrl: setting('PUBLIC_URL', readAddress, {
    hint: 'The https:// address by which Bitrix24 reaches this service'
  }),
  clientId: setting('B24_CLIENT_ID', asIs, clientIdHint),
  clientSecret: setting('B24_CLIENT_SECRET', asIs, { hint: `"Application key (client_secret)", ${card}` }),
  /** The code in slider links */
  appCode: setting(['B24_APP_CODE', 'B24_CLIENT_ID'], text =>
    isAppCode(text) ? text : wrong(`may hold letters, digits, "." and "_" only; ${card}`), clientIdHint),
  /** Origins of the authorization servers that may be asked; the first is the default */
  oauthServers: setting('B24_OAUTH_SERVERS', listOf(readOrigin), { default: defaultAuthorizationServers.join() }),
  applicationToken: setting('B24_APPLICATION_TOKEN', oneOf('required', 'when-present'), { default: 'when-present' }),
  databaseUrl: setting('DATABASE_URL', readDatabaseUrl, { default: 'sqlite:data/bitrix24.db' }),
  /** One or more base64 keys of 32 bytes, newest first */
  appSecret: setting('APP_SECRET', readKeys, {
    hint: "Make one: node -e \"console.log(crypto.randomBytes(32).toString('base64'))\""
  }),
  /** Portals that may have plain http or private addresses: all, none, or those hosts */
  allowInsecurePortals: setting('ALLOW_INSECURE_PORTALS', text =>
    readInsecurePortals(text) ?? wrong(insecureForm), { default: 'false' }),
  /** For how many seconds calls are still answered after the signal to stop, while /ready says 503 */
  shutdownDelay: setting('SHUTDOWN_DELAY', wholeNumber(0, 60), { default: '0' }),
  /** For how many seconds the start may take until the service listens */
  startTimeout: setting('START_TIMEOUT', wholeNumber(1, 3600), { default: '60' }),
  /** For how many days the visits of links are kept; 0: they are not counted */
  linkVisitsDays: setting('LINK_VISITS_DAYS', wholeNumber(0, 3650), { default: '90' }),
  /** For how many days REST calls and events are kept; 0: they are not */
  journalDays: setting('JOURNAL_DAYS', wholeNumber(0, 365), { default: '3' }),
  /** The keys with which back-ends write links */
  linksApiKeys: setting('LINKS_API_KEYS', readApiKeys, { default: 'none' }),
  /** For how many milliseconds calls may wait for the processor before the excess is refused; 0: nobody is refused */
  overloadDelay: setting('OVERLOAD_DELAY', wholeNumber(0, 10_000), { default: '50' }),
  /** For development and tests: Vite serves the front end from its sources, and the schemas of routes are checked */
  development: setting('NODE_ENV', text => ['development', 'test'].includes(text), { default: 'production' }),
  /** The colours of the pages: `system` is dark where the browser asks for it */
  colorScheme: setting('COLOR_SCHEME', oneOf('light', 'system'), { default: 'light' }),
  /** What has to be known to read the metrics; '': nothing */
  metricsToken: setting('METRICS_TOKEN', asIs, { default: '' })
})
/** The settings, as `loadConfig` has read them. */
export type Config = StaticDecode<typeof ConfigSchema> & {
  /** How the service traces; undefined: not at all, and OpenTelemetry is not loaded */
  traces?: TracesSettings | undefined
}

const asArguments = { hint: 'Set it, or give both addresses: fastify-bitrix24 migrate-store <from> <to>' }

/** The settings of `fastify-bitrix24 migrate-store`: addresses as in DATABASE_URL. */
const MigrationConfigSchema = Type.Object({
  from: setting('MIGRATE_FROM', readDatabaseUrl, asArguments),
  to: setting('MIGRATE_TO', readDatabaseUrl, asArguments)
})

type Env = Record<string, string | undefined>

/** Reads the settings that can be read, and adds a line for each variable that is missing or wrong. */
function readSettings (schema: { properties: Record<string, TSchema & Variable> }, env: Env, lines: Set<string>) {
  const settings: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(schema.properties)) {
    const { variables, default: usual, hint } = setting
    const variable = variables.find(name => env[name]?.trim()) ?? String(variables.at(-1))
    const text = env[variable]?.trim() || usual
    try {
      settings[name] = text === undefined ? wrong(`missing. ${hint}`) : Value.Decode(setting, unquoted(text))
    } catch (error) {
      lines.add(`${variable}: ${(error as Error).message}`)
    }
  }
  return settings
}

function complete<T> (settings: object, lines: Set<string>): T {
  if (lines.size > 0) throw new ConfigError([...lines].join('\n'))
  return settings as T // each of them has been read
}

/**
 * Reads the settings.
 *
 * @param env an empty variable counts as missing
 * @throws {ConfigError} with a line for each variable: its name, what is wrong, where to find it
 */
export function loadConfig (env: Env = process.env): Config {
  const lines = new Set<string>()
  const config: Partial<Config> = { ...readSettings(ConfigSchema, env, lines), traces: readTraces(env, lines) }

  const { allowInsecurePortals = false, publicUrl = '', oauthServers = [] } = config
  const isTooOpen = (url: string) => url.startsWith('http:') && !allowsInsecure(allowInsecurePortals, new URL(url))
  if (isTooOpen(publicUrl)) lines.add(`PUBLIC_URL: ${notHttps}`)
  if (oauthServers.some(isTooOpen)) lines.add(`B24_OAUTH_SERVERS: ${notHttps}`)
  return complete<Config>(config, lines)
}

/** Reads the folder of the application alone. @throws {ConfigError} as `loadConfig` */
export function loadApplicationFolder (env: Env = process.env): Config['application'] {
  const lines = new Set<string>()
  const { application } = ConfigSchema.properties
  return complete<Pick<Config, 'application'>>(readSettings({ properties: { application } }, env, lines), lines)
    .application
}

/** Reads the settings of `fastify-bitrix24 migrate-store`. @throws {ConfigError} as `loadConfig` */
export function loadMigrationConfig (env: Env = process.env): StaticDecode<typeof MigrationConfigSchema> {
  const lines = new Set<string>()
  return complete(readSettings(MigrationConfigSchema, env, lines), lines)
}
