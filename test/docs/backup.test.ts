import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import SqliteDatabase from 'better-sqlite3'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { loggerOptions } from '../../src/log/logger.ts'
import { serverOptions } from '../../src/server-options.ts'
import type { TokenPair } from '../../src/store/installation-store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { unmeasured } from '../app/process.ts'
import { logLines } from '../log-lines.ts'
import { postgresFolder } from '../machine.ts'
import { startPostgres } from '../postgres.ts'
import { environment, freePort, openApp } from '../service.ts'
import { until } from '../until.ts'
import { blocks, root } from './pages.ts'

const exec = promisify(execFile)
const shell = blocks.filter(({ page, language }) => page === 'docs/backup.md' && language === 'sh')

/** The one command of the page in which this stands. */
function command (part: string): string {
  const [found, ...more] = shell.filter(({ text }) => text.includes(part))
  if (found === undefined || more.length > 0) throw new Error(`not one block has ${part}`)
  return found.text
}
/** What a command of the page runs in the container, whose folder /data is elsewhere here. */
const inContainer = (part: string, pattern: RegExp, data: string) =>
  String(pattern.exec(command(part))?.[1]).replaceAll('/data/', `${data}/`)

/** A sandbox, and a service beside it that can be started anew on the same database. */
async function sceneFor (t: Test, databaseUrl: string) {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const config = loadConfig(environment(bitrix24, url, { DATABASE_URL: databaseUrl }))
  const { alpha } = bitrix24.portals
  return {
    install: () => bitrix24.install(),
    start: async () => {
      const { lines, stream } = logLines()
      const fastify = Fastify({ ...serverOptions(config), logger: { ...loggerOptions('info'), stream } })
      t.after(() => fastify.close())
      const store = await openStore({ url: databaseUrl, keyRing: createKeyRing(config.appSecret) })
      await fastify.register(openApp, { config, store, checksClient: false })
      await fastify.listen({ host: config.host, port: config.port })
      const holder = () => fastify.tokens.holder(alpha.memberId)
      return {
        fastify,
        lines,
        holder,
        stored: async () => (await store.get(alpha.memberId))?.tokens as TokenPair, // it is installed
        /** Refreshes the pair, as a service does an hour later */
        refresh: async () => {
          const { tokens } = await holder()
          await store.replaceTokens(alpha.memberId, { ...tokens, expiresAt: 0 }, Date.now())
          return (await holder()).tokens
        },
        home: async (name: 'admin' | 'employee') =>
          (await bitrix24.send(alpha.placementCall('DEFAULT', { user: alpha.users[name] }))).text
      }
    }
  }
}

/** Backs up while the service runs, restores it when it is old, and checks what the page says of that. */
async function checkRestore (
  t: Test, url: string, { backUp, restore }: Record<'backUp' | 'restore', () => Promise<unknown>>
): Promise<void> {
  const { start, install } = await sceneFor(t, url)
  const first = await start()
  t.equal((await install()).status, 200)
  await until(() => first.fastify.lifecycleEvents.pending() === 0)
  const kept = await first.stored()
  await backUp()
  t.ok((await first.refresh()).refreshToken !== kept.refreshToken)
  await first.fastify.close()
  await restore()

  const second = await start()
  t.ok((await second.stored()).refreshToken === kept.refreshToken, 'the tokens of the backup')
  await t.rejects(second.refresh(), { code: 'B24_ERR_TOKENS_LOST' })
  t.match(await second.home('employee'), 'needs attention')
  await until(async () => {
    await second.home('admin')
    return second.lines.some(({ event }) => event === 'tokens.recovered')
  })
  t.ok((await second.holder()).tokens.refreshToken !== kept.refreshToken)
  t.notMatch(await second.home('employee'), 'needs attention')
}

await t.test('backup: of SQLite is made while it runs, and restored', async t => {
  const data = t.testdir()
  const file = join(data, 'bitrix24.db')
  const script = inContainer("').backup(", / -e "(.+)"$/m, data)
  // Beside the files that the old database leaves when it is killed.
  const steps = inContainer('bitrix24.db-wal', /-c '([^']+)'/, data)
  await checkRestore(t, `sqlite:${file}`, {
    backUp: async () => {
      await exec('env', [...unmeasured, process.execPath, '-e', script], { cwd: root })
      for (const end of ['-wal', '-shm']) copyFileSync(`${file}${end}`, join(data, `left${end}`))
    },
    restore: async () => {
      for (const end of ['-wal', '-shm']) renameSync(join(data, `left${end}`), `${file}${end}`)
      await exec('sh', ['-e', '-c', `(${steps}) < ${join(data, 'backup.db')}`])
      t.strictSame(['-wal', '-shm'].filter(end => existsSync(`${file}${end}`)), [])
    }
  })
})

await t.test('backup: `vacuum into` makes a complete file of SQLite', async t => {
  const data = t.testdir()
  const database = new SqliteDatabase(join(data, 'bitrix24.db'))
  database.pragma('journal_mode = WAL')
  database.exec('create table rows (id integer); insert into rows values (7)')
  const copy = join(data, 'backup.db')
  const [, statement = ''] = /"(vacuum into .+)"/.exec(command('vacuum into')) ?? []
  database.exec(statement.replace('backup.db', copy))
  const bare = join(data, 'bare.db')
  copyFileSync(join(data, 'bitrix24.db'), bare)
  database.close()
  const read = (file: string) => new SqliteDatabase(file, { readonly: true }).prepare('select id from rows').all()
  t.strictSame(read(copy), [{ id: 7 }])
  t.throws(() => read(bare), /no such table/, 'a plain copy lacks what is in the file beside it')
})

await t.test('backup: of PostgreSQL is made while it runs, and restored', async t => {
  const url = (await startPostgres()).createDatabase()
  const folder = t.testdir()
  const run = (part: string) => exec('sh', ['-e', '-c', command(part)], {
    cwd: folder, env: { ...process.env, PATH: `${postgresFolder}:${process.env['PATH']}`, DATABASE_URL: url }
  })
  await checkRestore(t, url, {
    backUp: () => run('pg_dump'),
    restore: () => run('pg_restore')
  })
})
