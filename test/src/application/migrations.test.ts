import t from 'tap'
import { migrationsContract } from './migrations-contract.ts'

await t.test('SQLite', async t => await migrationsContract(t, 'sqlite::memory:'))
