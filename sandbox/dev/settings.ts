import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { SandboxEnvironment } from '../environment.ts'
import type { KeptState } from './kept-state.ts'

export interface SettingsOptions {
  /** Where .env is: an absolute path. */
  folder: string
  /** An absolute path. */
  application: string
  env: SandboxEnvironment
  kept: KeptState
}

/** The settings of the service, and which lines of its log are shown. */
export interface Settings {
  variables: Record<string, string>
  shown: string
}

/** Variables of the application's own. */
function readEnv (file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    // The system throws such errors.
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') console.error(`.env in this folder cannot be read: ${message}`)
    return {}
  }
}

/** Reads the settings of the service as they are now: those of the sandbox win over those in .env. */
export function readSettings ({ folder, application, env, kept }: SettingsOptions): Settings {
  const own = { ...readEnv(join(folder, '.env')), ...process.env }
  const shown = own.LOG_LEVEL?.trim() || 'info'
  const given = Object.entries(own).filter((variable): variable is [string, string] => variable[1] !== undefined)
  return {
    shown,
    variables: {
      // The front end is served from its sources, unless somebody wants to see the build.
      NODE_ENV: 'development',
      ...Object.fromEntries(given),
      ...env,
      APPLICATION: application,
      APP_SECRET: kept.appSecret,
      DATABASE_URL: kept.serviceDatabase,
      // The lines of calls are of this level, and the wire needs them whatever is shown.
      LOG_LEVEL: ['warn', 'error', 'fatal', 'silent'].includes(shown) ? 'info' : shown,
      SHUTDOWN_DELAY: '0'
    }
  }
}
