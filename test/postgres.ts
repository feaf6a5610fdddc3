import t from 'tap'
import { missingPostgres } from './machine.ts'
import { postgresAt, startPostgresServer, type OwnPostgres, type Postgres } from './postgres-server.ts'

let running: Promise<OwnPostgres> | undefined

/** A PostgreSQL of this process that a test may stop; it ends with the process. */
export function startOwnPostgres (): Promise<OwnPostgres> {
  skipWithoutPostgres()
  running ??= startPostgresServer().then(postgres => {
    process.once('exit', () => postgres.close())
    return postgres
  })
  return running
}

/** A PostgreSQL: the one of the whole run, or else of this process. */
export async function startPostgres (): Promise<Postgres> {
  skipWithoutPostgres()
  const { TEST_POSTGRES } = process.env
  return TEST_POSTGRES === undefined ? await startOwnPostgres() : postgresAt(JSON.parse(TEST_POSTGRES))
}

/** If there is none, the test file is skipped. */
function skipWithoutPostgres (): void {
  if (missingPostgres === undefined) return
  t.plan(0, `not run: ${missingPostgres}`)
  process.exit()
}
