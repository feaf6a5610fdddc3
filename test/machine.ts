// Programs that some tests need. CI must have them: there, a missing one is an error.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const { CI, CHROMIUM_PATH, POSTGRES_BIN } = process.env

export const chromiumPath = CHROMIUM_PATH ?? '/usr/bin/chromium'

/** Chromium without the parts that show windows, where Debian has installed it: half the work for the same pages. */
export const headlessPath = CHROMIUM_PATH ?? ['/usr/bin/chromium-headless-shell'].find(existsSync) ?? chromiumPath

/** Why there is no Chromium, if there is none. */
export const missingChromium = CI || existsSync(chromiumPath)
  ? undefined
  : `there is no Chromium at ${chromiumPath}; set CHROMIUM_PATH`

/** The folder of PostgreSQL's programs: POSTGRES_BIN, or where Debian installs them. */
export const postgresFolder = POSTGRES_BIN ??
  [18, 17, 16, 15].map(version => `/usr/lib/postgresql/${version}/bin`).find(existsSync) ?? '/usr/lib/postgresql'

/** Why there is no PostgreSQL, if there is none. */
export const missingPostgres = CI || existsSync(join(postgresFolder, 'initdb'))
  ? undefined
  : `there is no PostgreSQL in ${postgresFolder}; set POSTGRES_BIN`
