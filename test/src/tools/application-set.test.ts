import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { migrateApplication } from '../../../src/application/migrations.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { startPostgres } from '../../postgres.ts'
import { runHere } from '../../tool.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const postgres = await startPostgres()

/** Tables that refer to each other and to one of ours, with a row that the migration writes. */
const suppliers = `import { sql } from 'kysely'
export async function up (db) {
  const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl
  await db.schema.createTable('a_parts')
    .addColumn('id', isPostgres ? 'serial' : 'integer', column => column.primaryKey())
    .addColumn('supplier', 'text', column => column.notNull().references('suppliers.code'))
    .addColumn('picture', isPostgres ? 'bytea' : 'blob').addColumn('weight', 'double precision').execute()
}`
const parts = (text: string) => text.replace('export async function up (db) {', `export async function up (db) {
  await db.schema.createTable('suppliers')
    .addColumn('member_id', 'text').addColumn('code', 'text', column => column.unique())
    .addColumn('boss', 'text', column => column.references('suppliers.code'))
    .addPrimaryKeyConstraint('suppliers_primary', ['member_id', 'code']).execute()
  await sql\`insert into suppliers (member_id, code) values ('', 'usual')\`.execute(db)`)

/** An application with these migrations. */
function applicationWith (t: Test, migrations: Record<string, string>): string {
  const folder = join(t.testdir(), 'application')
  mkdirSync(join(folder, 'migrations'), { recursive: true })
  for (const [name, text] of Object.entries(migrations)) writeFileSync(join(folder, 'migrations', name), text)
  return folder
}

/** A new SQLite database whose application has written something. */
async function sourceWith (t: Test, application: string, statements: readonly string[] = []): Promise<string> {
  const url = `sqlite:${join(application, '../source.db')}`
  const store = await openStore({ url, keyRing })
  await migrateApplication(store.database, join(application, 'migrations'))
  for (const statement of statements) await sql.raw(statement).execute(store.database)
  await store.close()
  return url
}

const linesOf = (stdout: string) => stdout.split('\n').filter(line => /^(?:a_parts|suppliers|not copied)/.test(line))

const copy = (t: Test, APPLICATION: string, from: string, to: string) =>
  runHere(t, ['migrate-store', from, to], { APPLICATION })

await t.test('migrate-store: copies the tables of the application, there and back', async t => {
  const APPLICATION = applicationWith(t, { '0001-parts.js': parts(suppliers) })
  const from = await sourceWith(t, APPLICATION, [
    "update suppliers set member_id = 'm1', boss = 'usual'",
    "insert into suppliers (member_id, code) values ('m1', 'other')",
    'insert into a_parts (id, supplier, picture, weight) ' +
      "select value, 'usual', x'00ff41', value + 0.5 from (with recursive n(value) as " +
      '(select 1 union all select value + 1 from n where value < 250) select value from n)'
  ])
  const to = postgres.createDatabase()
  const copied = await copy(t, APPLICATION, from, to)
  t.match(copied, { code: 0, stderr: '' })
  t.strictSame(linesOf(copied.stdout),
    ['suppliers: 2 rows verified, 2 written', 'a_parts: 250 rows verified, 250 written'])
  t.equal(postgres.query(to, "select count(*), sum(weight), max(encode(picture, 'hex')) from a_parts"),
    '250|31500|00ff41')
  t.equal(postgres.query(to, "insert into a_parts (supplier) values ('other') returning id").split('\n')[0], '251')

  const again = await copy(t, APPLICATION, from, to)
  t.match(again, { code: 1, stderr: /^Nothing was written: a_parts of the target holds rows that the source does not/ })
  postgres.query(to, 'delete from a_parts where id = 251')
  t.strictSame(linesOf((await copy(t, APPLICATION, from, to)).stdout),
    ['suppliers: 2 rows verified, 0 written', 'a_parts: 250 rows verified, 0 written'])
  postgres.query(to, 'update a_parts set weight = 0 where id = 7')
  t.match(await copy(t, APPLICATION, from, to), { code: 1, stderr: /a_parts .* are not older/ })

  const back = `sqlite:${join(APPLICATION, '../back.db')}`
  t.strictSame(linesOf((await copy(t, APPLICATION, to, back)).stdout),
    ['suppliers: 2 rows verified, 2 written', 'a_parts: 250 rows verified, 250 written'])
})

await t.test('migrate-store: says why the tables of an application stay', async t => {
  const table = (more: string) => `export const up = db => db.schema.createTable('flags')${more}.execute()`
  const id = ".addColumn('id', 'text', column => column.primaryKey())"
  const rows: Array<[migration: string, why: RegExp]> = [
    [table(`${id}.addColumn('is_on', 'boolean')`), /as databases differ in the type boolean of flags\.is_on\. Start/],
    [table(".addColumn('id', 'text')"), /as flags has no primary key\. Start/],
    [`export async function up (db) {
      const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl
      if (!isPostgres) await ${table(id).slice('export const up = db => '.length)}
      else throw new Error('not here')
    }`, /as its migrations fail on <to>: not here\. Start/],
    [`export async function up (db) {
      if (process.env.APPLICATION) throw new Error('not there')
      await ${table(id).slice('export const up = db => '.length)}
    }`, /as its migrations fail on SQLite: not there\. Start/],
    [`export async function up (db) {
      const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl
      await db.schema.createTable(isPostgres ? 'other' : 'flags')${id}.execute()
    }`, /as there is no flags\. Start/]
  ]
  for (const [index, [migration, why]] of rows.entries()) {
    const APPLICATION = applicationWith(t, { [`000${index}.js`]: migration })
    const from = await sourceWith(t, APPLICATION)
    const { code, stdout } = await copy(t, APPLICATION, from, postgres.createDatabase())
    t.equal(code, 0)
    t.match(linesOf(stdout), [why])
    t.match(stdout, 'installations: 0 rows verified')
  }
  const APPLICATION = applicationWith(t, { '1.js': table(id) })
  const from = await sourceWith(t, APPLICATION)
  writeFileSync(join(APPLICATION, 'migrations/2.js'), 'export const up = async () => {}')
  const newer = await copy(t, APPLICATION, from, postgres.createDatabase())
  t.match(linesOf(newer.stdout), [/as its migrations are not those that have run on <from>\. Start/])
})
