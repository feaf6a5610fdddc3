import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { postgresFolder, startPostgresServer, type Postgres } from './postgres-server.ts'

/**
 * A PostgreSQL for the tests of one file. Where there is none the whole file is reported as not run, but in CI it fails:
 * there somebody forgot to install it. Close it in the end.
 */
export async function startPostgres (): Promise<Postgres> {
  const bin = postgresFolder()
  if (!existsSync(join(bin, 'initdb')) && !process.env['CI']) {
    t.plan(0, `not run: there is no PostgreSQL in ${bin}; set POSTGRES_BIN`)
    process.exit()
  }
  return await startPostgresServer(bin)
}
