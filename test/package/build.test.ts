import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join, relative } from 'node:path'
import t from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { blockThatBegins } from '../docs/pages.ts'
import { environment, freePort, postForm } from '../service.ts'
import { listening, root, run, unmeasured } from '../app/process.ts'

await t.test('build: makes a service that installs and serves compressed assets', async t => {
  execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'pipe' })
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  const file = join(t.testdir(), 'store.db')
  const variables = environment(bitrix24, url, { DATABASE_URL: `sqlite:${file}` })
  const { child, ended, text } = run('dist/src/server.js', variables)
  t.after(() => { child.kill('SIGKILL') })
  t.equal(await listening(`${url}/health`), true, text())

  const install = alpha.placementCall('DEFAULT')
  t.equal((await postForm(install.url, install.payload)).status, 200, text())
  alpha.installed = true
  const call = alpha.placementCall('REST_APP_URI', { lang: 'ar', params: { docId: '42' } })
  const page = await postForm(call.url, call.payload)
  t.equal(page.status, 200)
  t.match(page.text, '<html lang="ar" dir="rtl">')
  for (const [, path = ''] of page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const asset = await fetch(url + path, { headers: { 'accept-encoding': 'br' } })
    t.equal(asset.status, 200, path)
    t.equal(asset.headers.get('content-encoding'), 'br', path)
    await asset.arrayBuffer()
  }
  child.kill('SIGTERM')
  t.equal(await ended, 0)

  const options = { cwd: root, env: { ...process.env, ...variables }, encoding: 'utf8' } as const
  const tool = (...args: string[]) =>
    execFileSync('env', [...unmeasured, 'npm', 'run', '--silent', ...args], options)
  t.match(tool('rotate-keys'), 'done. Installations: 1; rewritten with the newest key: 0')
  const copied = tool('migrate-store', '--', `sqlite:${file}`, `sqlite:${file}.copy`)
  t.match(copied, 'installations: 1 rows verified, 1 written')
})

await t.test('build: runs the examples of the docs', async t => {
  const starts = [
    "import assert from 'node:assert/strict'\nimport Fastify", "import test from 'node:test'",
    "import Fastify from 'fastify'\nimport { PlacementBodySchema"
  ]
  for (const start of starts) {
    const folder = t.testdir({ 'example.ts': blockThatBegins(start) })
    const file = relative(root, join(folder, 'example.ts'))
    const { ended, text } = run(file, { APP_SECRET: randomBytes(32).toString('base64') })
    t.equal(await ended, 0, text())
    t.notMatch(text(), /Error/)
  }
})
