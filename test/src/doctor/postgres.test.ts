import t from 'tap'
import { startPostgres } from '../../postgres.ts'
import { startService } from '../../service.ts'
import { diagnose } from './patient.ts'

const postgres = await startPostgres()

await t.test('doctor: reads a store in PostgreSQL', async t => {
  const DATABASE_URL = postgres.createDatabase()
  const { install, sandbox } = await startService(t, { env: { DATABASE_URL } })
  await install()
  const { alpha } = sandbox.portals
  const env = { ...sandbox.env, DATABASE_URL }
  t.strictSame((await diagnose(t, env)).findings, [])
  alpha.placements = []
  t.strictSame((await diagnose(t, env, { domain: alpha.domain })).codes, ['placement-unbound'])
  t.strictSame((await diagnose(t, { ...env, DATABASE_URL: postgres.createDatabase() })).codes, ['database-version'])
})

await t.test('doctor: takes migrations that are for PostgreSQL only', async t => {
  const DATABASE_URL = postgres.createDatabase()
  const up = `import { sql } from '${import.meta.resolve('kysely')}'
    export const up = db => sql\`create table notes (id bigint generated always as identity)\`.execute(db)`
  const application = t.testdir({ 'package.json': '{"type":"module"}', migrations: { '0001.js': up } })
  const { sandbox } = await startService(t, { env: { DATABASE_URL }, app: { application } })
  t.strictSame((await diagnose(t, { ...sandbox.env, DATABASE_URL, APPLICATION: application })).findings, [])
})
