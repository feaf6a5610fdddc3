import { join } from 'node:path'
import { readEnvFile } from '../../src/commands/env-file.ts'
import { withKey } from '../environment.ts'
import type { Sandbox } from '../index.ts'
import { HOST } from '../listen.ts'
import type { KeptState } from './kept-state.ts'

interface SettingsOptions {
  /** Where .env is: an absolute path. */
  folder: string
  /** An absolute path. */
  application: string
  /** The public address that leads here, if there is one. */
  tunnel: string | undefined
  bitrix24: Pick<Sandbox, 'env' | 'portals'>
  kept: KeptState
}

/** The settings of the service, and which lines of its log are shown. */
export interface Settings {
  variables: Record<string, string>
  /** Those of them that neither .env nor the process decides. */
  fixed: Record<string, string>
  shown: string
  /** The developer's own application in Bitrix24 that the service is; undefined: that of the sandbox. */
  clientId: string | undefined
}

/** Variables of the application's own. */
function readEnv (file: string): NodeJS.Dict<string> {
  try {
    return readEnvFile(file)
  } catch (error) {
    // It throws errors with a sentence.
    console.error((error as Error).message)
    return {}
  }
}

/** What a service behind a tunnel has. Its program connects from this machine. */
function behind (tunnel: string, { TRUST_PROXY = '' }: NodeJS.Dict<string>) {
  const others = TRUST_PROXY.split(',').map(name => name.trim()).filter(name => name !== '' && name !== 'none')
  return { PUBLIC_URL: tunnel, TRUST_PROXY: ['loopback', ...others].join() }
}

/** Only the portals of this sandbox: what listens on a public address must not let all private ones through. */
const insecurePortals = ({ env, portals }: SettingsOptions['bitrix24']): string =>
  [env.B24_OAUTH_SERVERS, ...Object.values(portals).map(({ url }) => url)].map(url => new URL(url).host).join()

/**
 * Reads the settings of the service as they are now. Those of the sandbox win over those in .env, but for the
 * application that .env names when there is a tunnel: its portals are those of Bitrix24.
 */
export function readSettings ({ folder, application, tunnel, bitrix24, kept }: SettingsOptions): Settings {
  const own = { ...readEnv(join(folder, '.env')), ...process.env }
  const shown = own.LOG_LEVEL?.trim() || 'info'
  const given = Object.entries(own).filter((variable): variable is [string, string] => variable[1] !== undefined)
  // With one of them alone, the service says which is missing.
  const { B24_CLIENT_ID = '', B24_CLIENT_SECRET = '' } = own
  const isOwn = tunnel !== undefined && (B24_CLIENT_ID + B24_CLIENT_SECRET).trim() !== ''
  const clientId = B24_CLIENT_ID.trim()
  const LINKS_API_KEYS = withKey(own.LINKS_API_KEYS?.trim(), bitrix24.env)
  const insecure = tunnel === undefined ? {} : { ALLOW_INSECURE_PORTALS: insecurePortals(bitrix24) }
  const fixed = {
    // The front end is served from its sources, unless somebody wants to see the build.
    NODE_ENV: own.NODE_ENV ?? 'development',
    ...(isOwn ? { BIND_AGAIN: 'true', HOST } : { ...bitrix24.env, LINKS_API_KEYS, ...insecure }),
    ...(tunnel !== undefined && behind(tunnel, own)),
    APPLICATION: application,
    APP_SECRET: kept.appSecret,
    DATABASE_URL: isOwn ? kept.databaseOf(clientId) : kept.serviceDatabase,
    // The lines of calls are of this level, and the wire needs them whatever is shown.
    LOG_LEVEL: ['warn', 'error', 'fatal', 'silent'].includes(shown) ? 'info' : shown,
    SHUTDOWN_DELAY: '0'
  }
  return { shown, clientId: isOwn ? clientId : undefined, variables: { ...Object.fromEntries(given), ...fixed }, fixed }
}
