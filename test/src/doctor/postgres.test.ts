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
