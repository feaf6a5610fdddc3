import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { blockThatBegins } from '../../docs/pages.ts'
import { initMyApp, startDev } from '../../my-app.ts'
import { runHere } from '../../tool.ts'

await t.test('dev: refuses ports and folders that cannot be', async t => {
  const application = t.testdir({})
  const port = 'must be the number of a port, or 0 for any that is free.\n'
  t.match(await runHere(t, ['dev', '--application', application, '--port', 'x']), { code: 2, stderr: `--port ${port}` })
  t.match(await runHere(t, ['dev', '--application', application, '--portal-port', '65536']),
    { code: 2, stderr: `--portal-port ${port}` })
  const none = /^There is no folder nowhere here\. Name the one of your application with --application, [^\n]+\n$/
  t.match(await runHere(t, ['dev', '--application', 'nowhere']), { code: 2, stderr: none })
  t.match(await runHere(t, ['dev'], { APPLICATION: 'nowhere' }), { code: 2, stderr: none })
  t.match(await runHere(t, ['dev'], { APPLICATION: '' }), { code: 2, stderr: /^There is no folder application here\./ })
  const folder = t.testdir({ '.env': 'APPLICATION=nowhere\n', unreadable: { '.env': {} } })
  t.match(await runHere(t, ['dev'], {}, folder), { code: 2, stderr: none })
  t.match(await runHere(t, ['dev'], {}, join(folder, 'unreadable')), { code: 2, stderr: /no folder application here/ })
})

await t.test('dev: runs the application beside a portal until it is told to end', async t => {
  const { folder } = await initMyApp(t)
  const { openTab, stop } = await startDev(t, folder, { isMeasured: true })
  t.match(await openTab(), { status: 200, html: /Furniture for an office in Berlin/ })
  t.equal(await stop(), 0)
})

await t.test('dev: names the placement that was probably meant', async t => {
  const { folder, write } = await initMyApp(t)
  write('application/placements/IM_SIDEBR.ts',
    'export default async fastify => { fastify.placement("IM_SIDEBR", async () => "") }')
  const { says } = await startDev(t, folder)
  await says('IM_SIDEBR is not bound: the portal has no such placement; did you mean IM_SIDEBAR?')
})

await t.test('dev: journal and link ask its service when they have --dev', async t => {
  const { folder, write } = await initMyApp(t)
  const none = { code: 2, stderr: /^fastify-bitrix24 dev has run no service in this folder: run it first[^\n]+\n$/ }
  t.match(await runHere(t, ['journal', '--dev'], {}, folder), none)
  mkdirSync(join(folder, '.bitrix24'))
  write('.bitrix24/state.json', '{"torn')
  t.match(await runHere(t, ['journal', '--dev'], {}, folder), none)
  rmSync(join(folder, '.bitrix24'), { recursive: true })
  mkdirSync(join(folder, 'application/screens'))
  write('application/screens/part.ts', blockThatBegins('// screens/part.ts'))
  const { portal, stop } = await startDev(t, folder)

  const link = ['link', '--portal', portal, 'screen=part', 'partId=42']
  const hint = { code: 1, stderr: /^PUBLIC_URL: missing[^]*\nTo ask the service of fastify-bitrix24 dev, add --dev\.\n$/ }
  t.match(await runHere(t, link, {}, folder), hint)
  t.match(await runHere(t, [...link, '--dev'], {}, folder), { code: 0, stdout: /\?params%5Bscreen%5D=part&/, stderr: '' })
  t.match(await runHere(t, ['link', '--dev', '--portal', 'none'], {}, folder), { code: 0, stdout: /\/view\/local\./ })
  t.equal(await stop(), 0)
  const { stdout } = await runHere(t, ['journal', '--dev', '--json', '--method', 'event.bind'], {}, folder)
  t.match(JSON.parse(stdout).entries[0], { portal: new URL(portal).host, method: /^(?:batch|event\.bind)$/ })
})

await t.test('dev: takes --tunnel with and without a value', async t => {
  const folder = ['--application', t.testdir({})]
  const noTunnel = { code: 2, stderr: /^No tunnel program is installed: install cloudflared, ngrok or cloudpub [^\n]+\n$/ }
  for (const args of [['--tunnel'], ['--tunnel', '--port', '0'], ['--tunnel=']]) {
    t.match(await runHere(t, ['dev', ...folder, ...args], { PATH: '' }), noTunnel, args.join(' '))
  }
  const notHttps = { code: 2, stderr: /^--tunnel must be an https:\/\/ address [^\n]+\n$/ }
  for (const args of [['--tunnel', 'http://my.example'], ['--tunnel=http://my.example', '--open']]) {
    t.match(await runHere(t, ['dev', ...folder, ...args]), notHttps, args.join(' '))
  }
  t.match(await runHere(t, ['dev', ...folder, '--tunnel', 'ngrock']), { code: 2, stderr: /did you mean ngrok\?\n$/ })
})

await t.test('dev: names a file that never ends', async t => {
  const { folder, write } = await initMyApp(t)
  const { says, openTab, stop } = await startDev(t, folder, { env: { START_TIMEOUT: '8' } })
  write('application/placements/LEFT_MENU.ts', 'while (true) {}')
  await says('application/placements/LEFT_MENU.ts did not load within 8 s (START_TIMEOUT).\nUntil that is fixed,')
  t.match(await openTab(), { status: 200 })
  write('application/placements/LEFT_MENU.ts', 'export default async () => { while (true) {} }')
  await says('The application did not load within 8 s (START_TIMEOUT).')
  t.equal(await stop(), 0)
})
