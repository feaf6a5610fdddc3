import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { sandbox } from '../../../sandbox/index.ts'
import { listening, run } from '../../app/process.ts'
import { initMyApp } from '../../my-app.ts'
import { environment, freePort } from '../../service.ts'
import { cli } from '../../tool.ts'
import { until } from '../../until.ts'

await t.test('start: runs the service until it is told to end', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const env = environment(bitrix24, url, { DATABASE_URL: `sqlite:${join(t.testdir(), 'store.db')}` })
  const { child, ended, text } = run('src/cli.ts', env, { args: ['start'], isMeasured: true })
  t.after(() => { child.kill('SIGKILL') })
  t.equal(await listening(`${url}/health`), true, text())
  child.kill('SIGTERM')
  t.equal(await ended, 0)
})

await t.test('start: answers on a full disk, which takes no line of the log, and ends', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const env = environment(bitrix24, url, { DATABASE_URL: 'sqlite::memory:' })
  const full = openSync('/dev/full', 'w')
  const stdio = ['ignore', full, full] as const
  const child = spawn(process.execPath, [cli, 'start'], { env: { ...process.env, ...env }, stdio: [...stdio] })
  t.after(() => { child.kill('SIGKILL') })
  closeSync(full)
  t.equal(await listening(`${url}/health`), true)
  child.kill('SIGTERM')
  t.strictSame(await once(child, 'exit'), [0, null])
})

await t.test('start: ends with npm, which has started it in a new application', async t => {
  const { folder } = await initMyApp(t)
  const bin = join(folder, 'node_modules/.bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'fastify-bitrix24'), `#!/bin/sh\nexec ${process.execPath} ${cli} "$@"\n`, { mode: 0o755 })
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const variables = environment(bitrix24, url, { NODE_ENV: 'production' })
  const npm = spawn('npm', ['start'], { cwd: folder, env: { ...process.env, ...variables }, stdio: 'ignore' })
  t.after(() => { npm.kill('SIGKILL') })
  t.equal(await listening(`${url}/health`), true)
  npm.kill('SIGTERM')
  await until(() => fetch(url).then(() => false, () => true))
})

await t.test('start: says which variables are missing', async t => {
  const { ended, text } = run('src/cli.ts', { PUBLIC_URL: '' }, { args: ['start'] })
  t.equal(await ended, 1)
  t.match(text(), /^PUBLIC_URL: missing/m)
})
