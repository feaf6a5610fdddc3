import t from 'tap'
import { startPostgres } from '../../postgres.ts'
import { migrationsContract } from './migrations-contract.ts'

const postgres = await startPostgres()

await t.test('PostgreSQL', async t => await migrationsContract(t, postgres.createDatabase()))
