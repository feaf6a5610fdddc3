import { CompiledQuery, Kysely, PostgresDialect, SqliteDialect, type Dialect } from 'kysely'
import t from 'tap'
import { createCipher } from '../../../src/crypto/encryption.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { createLocalChanges } from '../../../src/store/changes.ts'
import type { Database } from '../../../src/store/database.ts'
import { installationTables } from '../../../src/store/installation-tables.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { openPostgresPool, postgresConfig } from '../../../src/store/postgres-database.ts'
import { createSqlStore } from '../../../src/store/sql-store.ts'
import { openSqliteDatabase } from '../../../src/store/sqlite-database.ts'
import { startPostgres } from '../../postgres.ts'
import { installed, refused, tokens } from '../../store-contract/contract-values.ts'

const cipher = createCipher(createKeyRing(Buffer.alloc(32, 1).toString('base64')).derive('store'))
const postgres = await startPostgres()

const kinds: Array<[kind: string, dialect: () => Dialect, explain: string]> = [
  ['SQLite', () => new SqliteDialect({ database: openSqliteDatabase(':memory:') }), 'explain query plan'],
  ['PostgreSQL', () => new PostgresDialect({
    pool: openPostgresPool({ ...postgresConfig(postgres.createDatabase()), max: 1 })
  }), 'explain (costs off)']
]
for (const [kind, dialect, explain] of kinds) {
  await t.test(`staleTokens: follows an index to the oldest pairs in ${kind}`, async t => {
    const asked: CompiledQuery[] = []
    const db = new Kysely<Database>({ dialect: dialect(), log: ({ query }) => { asked.push(query) } })
    t.after(() => db.destroy())
    await migrate(db, installationTables)
    const store = createSqlStore({ db, cipher, notifying: createLocalChanges().notifying })
    for (let index = 0; index < 20; index++) {
      const memberId = `portal-${index}`
      await store.install({ ...installed, memberId }, index)
      await store.systemUsers.put(memberId, 9, tokens, index)
      const state = { ...refused, attempts: index % 3, nextTryAt: 1 }
      for (const pairs of [store, store.systemUsers]) await pairs.recordRefresh(memberId, state, 1)
    }
    // A few rows are read faster without an index.
    if (kind === 'PostgreSQL') await db.executeQuery(CompiledQuery.raw('set enable_seqscan = off'))
    for (const [table, pairs] of [['installations', store], ['system_users', store.systemUsers]] as const) {
      asked.length = 0
      t.equal((await pairs.staleTokens(100, 50)).length, 20)
      const plans = await Promise.all(asked.splice(0).map(async ({ sql, parameters }) =>
        JSON.stringify((await db.executeQuery(CompiledQuery.raw(`${explain} ${sql}`, [...parameters]))).rows)))
      t.ok(plans.length > 3)
      for (const plan of plans) {
        t.match(plan, new RegExp(`(?:USING (?:COVERING )?INDEX|Index (?:Only )?Scan using) ${table}_stale`))
        t.notMatch(plan, /TEMP B-TREE|Sort Key|Seq Scan/)
      }
    }
  })
}
