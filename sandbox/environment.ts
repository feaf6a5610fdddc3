import { hash, randomBytes } from 'node:crypto'
import { HOST } from './listen.ts'
import type { SandboxState } from './state.ts'

type Variable = 'HOST' | 'PORT' | 'PUBLIC_URL' | 'B24_CLIENT_ID' | 'B24_CLIENT_SECRET' | 'B24_APP_CODE' |
  'B24_OAUTH_SERVERS' | 'APP_SECRET' | 'DATABASE_URL' | 'ALLOW_INSECURE_PORTALS' | 'OVERLOAD_DELAY'

/** Names and values of the variables that make an application belong to a sandbox. */
export type SandboxEnvironment = Record<Variable, string> &
  { LOG_LEVEL?: string, LINKS_API_KEYS?: string }

/** What the application under test has to know. `appUrl` is where it listens, without a trailing slash. @internal */
export function environment (
  { application, authorizationServer, linksApiKey }: SandboxState, appUrl: string, logLevel?: string
): SandboxEnvironment {
  return {
    HOST,
    // An address does not name the port 80.
    PORT: new URL(appUrl).port || '80',
    PUBLIC_URL: appUrl,
    B24_CLIENT_ID: application.clientId,
    B24_CLIENT_SECRET: application.clientSecret,
    B24_APP_CODE: application.code,
    B24_OAUTH_SERVERS: authorizationServer,
    APP_SECRET: randomBytes(32).toString('base64'),
    DATABASE_URL: 'sqlite::memory:',
    ALLOW_INSECURE_PORTALS: 'true',
    // Service and portal often share a process, or a machine that is busy with tests.
    OVERLOAD_DELAY: '0',
    ...(linksApiKey !== undefined && { LINKS_API_KEYS: `sandbox:${hash('sha256', linksApiKey)}` }),
    ...(logLevel !== undefined && { LOG_LEVEL: logLevel })
  }
}

/** LINKS_API_KEYS with the key of the sandbox behind those of the application's own. @internal */
export const withKey = (own: string | undefined, { LINKS_API_KEYS }: SandboxEnvironment): string =>
  [own, LINKS_API_KEYS].filter(keys => keys && keys !== 'none').join()
