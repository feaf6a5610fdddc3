import t from 'tap'
import { missingPostgres } from './machine.ts'
import { startPostgresServer, type Postgres } from './postgres-server.ts'

let running: Promise<Postgres> | undefined

/** The PostgreSQL of this process, stopped when the process ends. If there is none, the test file is skipped. */
export function startPostgres (): Promise<Postgres> {
  if (missingPostgres) {
    t.plan(0, `not run: ${missingPostgres}`)
    process.exit()
  }
  running ??= startPostgresServer().then(postgres => {
    process.once('exit', () => postgres.close())
    return postgres
  })
  return running
}
