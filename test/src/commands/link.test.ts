import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { runHere } from '../../tool.ts'
import type { Portal } from '../../../sandbox/index.ts'
import { startPatient } from '../doctor/patient.ts'

const without = { B24_APP_CODE: '', B24_CLIENT_ID: '' }
const link = async (t: Test, args: string[], env: Record<string, string> = {}) =>
  await runHere(t, ['link', ...args], { ...without, ...env })

const partScreen = `import { Type } from '@sinclair/typebox'
export default async fastify => fastify.screen('part', {
  schema: { params: Type.Object({ partId: Type.String({ minLength: 1 }) }) }, title: 'Part', signed: true
}, async () => 'ok')`

await t.test('link: opens the application with the parameters', async t => {
  t.strictSame(await link(t, ['--portal', 'my.bitrix24.com', '--app', 'acme.parts', 'docId=42', 'note=a=b']), {
    code: 0,
    stdout: 'https://my.bitrix24.com/marketplace/view/acme.parts/?params%5BdocId%5D=42&params%5Bnote%5D=a%3Db\n',
    stderr: ''
  })
  t.match(await link(t, ['--portal', 'http://localhost:8080'], { B24_CLIENT_ID: 'local.1' }), {
    stdout: 'http://localhost:8080/marketplace/view/local.1/\n'
  })
  for (const portal of ['портал.рф', 'XN--80AWHDGM.xn--p1ai', 'https://Портал.рф/stream/']) {
    t.match(await link(t, ['--portal', portal, '--app', 'x']), {
      stdout: 'https://xn--80awhdgm.xn--p1ai/marketplace/view/x/\n'
    }, 'as it is kept, however people write it')
  }
  t.match(await link(t, ['--portal', 'my.bitrix24.com', '--app', 'x', 'screen=part']), { stdout: /\?params%5Bscreen%5D=part\n$/ })
})

await t.test('link: says what is missing or wrong in a sentence', async t => {
  const rows: Array<[args: string[], code: number, sentence: string | RegExp]> = [
    [[], 2, 'link needs --portal; see fastify-bitrix24 link --help.\n'],
    [['--portal', 'no portal'], 2, /^--portal must be the domain of a portal/],
    [['--portal', '://'], 2, /^--portal must be the domain of a portal/],
    [['--portal', 'file:///etc', '--app', 'x'], 2, /^--portal must be the domain of a portal/],
    [['--portal', 'my.bitrix24.com'], 2, /^link needs the code of an application: --app, B24_APP_CODE or /],
    [['--portal', 'my.bitrix24.com', '--app', 'x', 'docId'], 2, /^Parameters of a link are name=value, each /],
    [['--portal', 'my.bitrix24.com', '--app', 'x', 'a=1', 'a=2'], 2, /^Parameters of a link .* once\.\n$/],
    [['--portal', 'my.bitrix24.com', '--app', 'a/b'], 2, /^link needs the code of an application/],
    [['--portal', 'my.bitrix24.com', '--app', 'x', '__proto__=1'], 2, /^params\[__proto__\] has a key that a link cannot/],
    [['--portal', 'my.bitrix24.com', '--app', 'x', 'URI=1'], 2, /^params\[URI\] belongs to the portal/],
    [['--portal', 'my.bitrix24.com', 'screen=part'], 1, /^(?:[A-Z0-9_]+: [^\n]+\n)+$/]
  ]
  for (const [args, code, stderr] of rows) {
    t.match(await link(t, args), { code, stdout: '', stderr }, args.join(' '))
  }
})

await t.test('link: checks and signs one to a screen as the screen declares it', async t => {
  const patient = await startPatient(t)
  const application = dirname(patient.file)
  const env = { ...patient.env, APPLICATION: application }
  await patient.install()
  const { portals: { alpha, beta } } = patient.sandbox
  const write = async (...params: string[]) => await link(t, ['--portal', alpha.url, ...params], env)

  t.match(await write('screen=part'), { code: 2, stderr: 'There is no screen part. The application has: none.\n' })
  mkdirSync(join(application, 'screens'))
  writeFileSync(join(application, 'screens/part.js'), partScreen)
  const { code, stdout, stderr } = await write('screen=part', 'partId=PRJ-7')
  t.strictSame([code, stderr], [0, ''])
  const { origin, searchParams } = new URL(stdout)
  t.equal(origin, alpha.url)
  t.match(Object.fromEntries(searchParams), {
    'params[screen]': 'part', 'params[partId]': 'PRJ-7', 'params[sig]': /^[\w-]{43}$/
  })

  const refused = async (portal: Portal, ...params: string[]) =>
    await link(t, ['--portal', portal.url, ...params], env)
  t.match(await refused(alpha, 'screen=part', 'partId='), { code: 2, stderr: /^partId: Expected/ })
  t.match(await refused(alpha, 'screen=none'), {
    code: 2, stderr: 'There is no screen none. The application has: part.\n'
  })
  t.match(await refused(beta, 'screen=part'), { code: 2, stderr: /^The application is not installed on localhost:\d+, so its screens have no/ })
})

await t.test('link: knows the screens of the application, and names its faults', async t => {
  const { install, env, sandbox: { portals: { alpha } } } = await startPatient(t)
  await install()
  const write = async (t: Test, application: string) =>
    await link(t, ['--portal', alpha.url, 'screen=part', 'id=7'], { ...env, APPLICATION: application })
  const good = `import { Type } from '${import.meta.resolve('@sinclair/typebox')}'
    export default async fastify => {
      fastify.screen('part', { title: 'Part', schema: { params: Type.Object({ id: Type.String() }) } }, () => '')
    }`
  // Each has a folder of its own.
  await t.test('a screen', async t => {
    const folder = t.testdir({ 'package.json': '{"type":"module"}', screens: { 'part.js': good } })
    t.match(await write(t, folder), { code: 0, stdout: /params%5Bscreen%5D=part&params%5Bid%5D=7/, stderr: '' })
  })
  await t.test('a fault', async t => {
    const screens = { 'part.js': 'export default async () => { throw new Error("torn") }' }
    const folder = t.testdir({ 'package.json': '{"type":"module"}', screens })
    t.strictSame(await write(t, folder), { code: 1, stdout: '', stderr: `${folder}/screens/part.js: torn\n` })
  })
})
