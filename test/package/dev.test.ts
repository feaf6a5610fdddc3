import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { initMyApp, runIn, startDev } from '../my-app.ts'
import { until } from '../until.ts'
import { root } from '../app/process.ts'

const tab = 'application/placements/CRM_DEAL_DETAIL_TAB.ts'
const view = 'application/views/deal-tab.eta'
const deal = 'Furniture for an office in Berlin'

await t.test('init: writes an application whose own test and types are right', async t => {
  const { folder, write } = await initMyApp(t)
  const test = await runIn(folder, ['--test', 'test/*.test.ts'])
  t.equal(test.code, 0, test.printed)
  t.match(test.printed, /pass 5\b/)
  const tsgo = join(root, 'node_modules/.bin/tsgo')
  // The package is not built here, and `types` takes no sources: they are imported instead.
  write('application/package.d.ts', "import 'fastify-bitrix24'\n")
  const types = await runIn(folder, [
    tsgo, '--types', 'node', '--customConditions', 'fastify-bitrix24-source',
    '--typeRoots', join(root, 'node_modules/@types')
  ])
  // Our own source, which takes the place of the declarations here, is checked with settings of its own.
  t.strictSame(types.printed.split('\n').filter(line => line !== '' && !line.startsWith('../')), [])
})

await t.test('dev: shows every change of the application as soon as it is saved', async t => {
  const { folder, edit, write } = await initMyApp(t)
  const { openTab, says, service, portal, stop } = await startDev(t, folder)
  const shows = (text: string | RegExp) => until(async () => (await openTab()).html.match(text) !== null)
  await shows(deal)

  edit('application/locales/en.json', '"New comment"', '"Your comment"')
  await shows('Your comment')
  edit(view, '<h1>', '<h1 class="mine">')
  await shows(`<h1 class="mine"><bdi>${deal}`)
  edit(tab, 'options.ID)', 'options.ID + 1)')
  await shows('Lamps for a school')
  edit(tab, "en: 'Comments'", "en: 'Remarks'")
  await until(async () => (await (await fetch(`${portal}/placements/`)).text()).includes('Remarks'))
  t.pass('a new title is on the portal')

  const scriptIn = (html: string) => /src="(\/public\/deal-tab\.js\?v=[^"]+)"/.exec(html)?.[1] ?? ''
  const before = scriptIn((await openTab()).html)
  edit('application/public/deal-tab.js', "dateStyle: 'medium'", "dateStyle: 'full'")
  await until(async () => scriptIn((await openTab()).html) !== before)
  t.match(await (await fetch(service + scriptIn((await openTab()).html))).text(), "dateStyle: 'full'")

  write('.env', 'GREETING=hello\nPUBLIC_URL=https://production.example\n')
  edit(tab, 'return await', 'return await reply.page(String(process.env.GREETING)) // ')
  write('application/views/hello.eta', 'the view <%= it.page.title %>')
  await shows('the view')
  t.equal(await stop(), 0)
  await t.rejects(fetch(service), 'the service has ended, too')
  await t.rejects(fetch(portal))
  await says('Loaded')
})

await t.test('dev: says what is broken while the service goes on', async t => {
  const { folder, read, write, edit } = await initMyApp(t)
  const { openTab, says } = await startDev(t, folder)
  const rows: Array<[file: string, broken: (text: string) => string, sentence: RegExp]> = [
    [tab, text => `${text}const a = {\n`,
      /^application\/placements\/CRM_DEAL_DETAIL_TAB\.ts:\d+: SyntaxError: .+\n.*goes on/m],
    [tab, text => text.replace('fastify.placement', 'nope()\nfastify.placement'),
      /^application\/placements\/CRM_DEAL_DETAIL_TAB\.ts:7: ReferenceError: nope is not defined\n/m],
    [tab, text => text.replace('export default', '//'),
      /^application\/placements\/CRM_DEAL_DETAIL_TAB\.ts has no plugin/m],
    [view, text => `${text}<%= a b %>\n`, /^application\/views\/deal-tab\.eta:\d+: \S/m],
    ['application/locales/de.json', text => `${text},`, /^application\/locales\/de\.json: .*line \d/m]
  ]
  for (const [file, broken, sentence] of rows) {
    const good = read(file)
    write(file, broken(good))
    await says(sentence)
    t.match(await openTab(), { status: 200, html: new RegExp(deal) }, `${file} is broken`)
    write(file, good)
  }
  edit(view, '<h1>', '<h1 class="mended">')
  await until(async () => (await openTab()).html.includes('mended'))
})

await t.test('dev: starts with an application that is broken, and recovers', async t => {
  const { folder, edit } = await initMyApp(t)
  edit(tab, 'const plugin', 'const const plugin')
  const { service, says } = await startDev(t, folder, { until: 'starts once that is fixed' })
  const page = await fetch(`${service}/placement`)
  t.equal(page.status, 503)
  t.match(await page.text(), /does not run<.*CRM_DEAL_DETAIL_TAB\.ts:6: SyntaxError/)
  edit(tab, 'const const', 'const')
  await says('Open http')
  t.equal((await fetch(`${service}/health`)).status, 200)
})

await t.test('dev: starts the service again at the next save when it has ended', async t => {
  const { folder, edit } = await initMyApp(t)
  edit(tab, 'const deal =', 'if (options.ID === 1) process.exit(3)\n    const deal =')
  const { service, says, openTab } = await startDev(t, folder)
  edit(tab, 'options.ID === 1', 'options.ID > 1')
  await says('Loaded')
  t.equal((await openTab()).status, 503)
  await says('The service has ended')
  t.equal((await fetch(`${service}/health`)).status, 503)
  edit(tab, 'options.ID > 1', 'options.ID === 1')
  await until(async () => (await openTab()).status === 200)
})

await t.test('dev: keeps what was installed and written', async t => {
  const { folder } = await initMyApp(t)
  const first = await startDev(t, folder)
  await fetch(`${first.portal}/stream/`, { method: 'POST', body: new URLSearchParams({ text: 'Written before' }) })
  const memberOf = async ({ portal }: { portal: string }) =>
    /name="member_id" value="([^"]+)"/.exec(await (await fetch(
      `${portal}/marketplace/placement/CRM_DEAL_DETAIL_TAB/?IFRAME=Y`)).text())?.[1]
  const member = await memberOf(first)
  t.match(member, /^[0-9a-f]{32}$/)
  t.equal(await first.stop(), 0)
  const second = await startDev(t, folder)
  t.equal(await memberOf(second), member, 'the portal is the one of before')
  t.match(await (await fetch(`${second.portal}/stream/`)).text(), 'Written before')
  t.match(await second.openTab(), { status: 200, html: new RegExp(deal) })
  for (const file of ['.gitignore', 'portal.db', 'service.db']) t.ok(existsSync(join(folder, '.bitrix24', file)), file)
  await second.stop()
  writeFileSync(join(folder, '.bitrix24/state.json'), '{')
  t.match(await runIn(folder, [join(root, 'src/cli.ts'), 'dev', '--port', '0', '--portal-port', '0']),
    { code: 2, printed: /state\.json cannot be read: [^\n]+Remove its folder to begin anew\.\n$/ })
})

await t.test('dev: says in one sentence that a port is taken', async t => {
  const { folder } = await initMyApp(t)
  const { service, portal } = await startDev(t, folder)
  rmSync(join(folder, '.bitrix24'), { recursive: true })
  for (const [option, address] of [['--port', service], ['--portal-port', portal]] as const) {
    const { port } = new URL(address)
    const ports = option === '--port' ? ['--port', port, '--portal-port', '0'] : ['--port', '0', '--portal-port', port]
    const { code, printed } = await runIn(folder, [join(root, 'src/cli.ts'), 'dev', ...ports])
    t.equal(code, 1)
    t.equal(printed.trim(), `${option}: Port ${port} of 127.0.0.1 cannot be used (EADDRINUSE). ` +
      'Choose another one, or 0 for any that is free.')
  }
})

await t.test('dev: opens the browser with --open, but never in CI', async t => {
  const { folder } = await initMyApp(t)
  const opened = join(folder, 'opened')
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\necho "$1" > ${opened}\n`)
  chmodSync(join(folder, 'xdg-open'), 0o755)
  const PATH = `${folder}:${process.env['PATH']}`
  const { stop } = await startDev(t, folder, { env: { PATH, CI: 'true' }, args: ['--open'] })
  await stop()
  t.equal(existsSync(opened), false)
  const again = await startDev(t, folder, { env: { PATH, CI: '' }, args: ['--open'] })
  await until(() => existsSync(opened))
  await again.stop()
})

await t.test('dev: ends with its terminal, and with the shell of an npm script', async t => {
  const { folder } = await initMyApp(t)
  const isGone = (url: string) => until(async () => await fetch(url).then(() => false, () => true))
  const inTerminal = await startDev(t, folder, { within: ['sh', '-c', 'exec script -qec "$*" /dev/null', 'sh'] })
  inTerminal.type('\u0003')
  for (const url of [inTerminal.service, inTerminal.portal]) await isGone(url)
  await t.rejects(fetch(inTerminal.portal), 'Ctrl+C ends all')

  const inShell = await startDev(t, folder, {
    within: ['sh', '-c', '"$@"; exit $?', 'sh'], env: { npm_lifecycle_event: 'dev' }
  })
  await inShell.stop('SIGTERM')
  for (const url of [inShell.service, inShell.portal]) await isGone(url)
  await t.rejects(fetch(inShell.portal), 'a signal to npm alone ends all')
})
