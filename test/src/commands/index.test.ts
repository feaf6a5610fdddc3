import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { run } from '../../../src/commands/index.ts'
import { nearest } from '../../../src/commands/nearest.ts'
import { runHere } from '../../tool.ts'

const commands = ['build', 'start', 'doctor', 'link', 'replay', 'rotate-keys', 'migrate-store']

await t.test('command: --help names every command, and each its options', async t => {
  const { code, stdout } = await runHere(t, ['--help'])
  t.equal(code, 0)
  for (const name of commands) t.match(stdout, new RegExp(`^  ${name} +\\w`, 'm'), name)
  t.strictSame(await runHere(t, ['-h']), await runHere(t, ['--help']))
  for (const name of commands) {
    const { code, stdout, stderr } = await runHere(t, [name, '--help'])
    t.strictSame([code, stderr], [0, ''])
    t.match(stdout, new RegExp(`^Usage: fastify-bitrix24 ${name}\\b`))
  }
})

await t.test('command: says a wrong use in a sentence, with the nearest name', async t => {
  const rows: Array<[args: string[], sentence: string | RegExp]> = [
    [[], /^Usage: /],
    [['docter'], 'There is no command docter; did you mean doctor?\n'],
    [['toString'], 'There is no command toString; see fastify-bitrix24 --help.\n'],
    [['doctor', '--jsn'], 'doctor has no option --jsn; did you mean --json?\n'],
    [['doctor', '-x'], 'doctor has no option -x; see fastify-bitrix24 doctor --help.\n'],
    [['doctor', '--portal'], /^Option '--portal <value>' argument missing\n$/],
    [['doctor', 'now'], 'doctor takes options only; see fastify-bitrix24 doctor --help.\n'],
    [['doctor', '--timeout', '0'], '--timeout must be a whole number from 1 to 3600.\n'],
    [['doctor', '--portals', 'all'], '--portals must be a whole number from 1 to 3600.\n'],
    [['doctor', '--portal', 'no portal'], /^--portal must be the domain of a portal, such as [^\n]+\n$/],
    [['replay', 'one', 'two'], 'replay takes 1 argument; see fastify-bitrix24 replay --help.\n'],
    [['replay'], 'replay needs a file; see fastify-bitrix24 replay --help.\n']
  ]
  for (const [args, stderr] of rows) {
    t.match(await runHere(t, args), { code: 2, stdout: '', stderr }, args.join(' '))
  }
})

await t.test('command: reads .env of its folder, below the variables of the process', async t => {
  const cwd = t.testdir({ '.env': 'B24_APP_CODE=from.file\n' })
  const link = ['link', '--portal', 'my.bitrix24.com']
  t.match(await runHere(t, link, {}, cwd), { code: 0, stdout: 'https://my.bitrix24.com/marketplace/view/from.file/\n' })
  t.match(await runHere(t, link, { B24_APP_CODE: 'from.process' }, cwd), { stdout: /from\.process/ })
})

await t.test('command: reads .env as editors on Windows save it', async t => {
  const cwd = t.testdir({ '.env': '\uFEFFB24_APP_CODE=from.windows\r\nPORT=80\r\n' })
  t.match(await runHere(t, ['link', '--portal', 'my.bitrix24.com'], {}, cwd),
    { code: 0, stdout: 'https://my.bitrix24.com/marketplace/view/from.windows/\n' })
})

await t.test('command: says that .env cannot be read', async t => {
  const cwd = t.testdir()
  mkdirSync(join(cwd, '.env'))
  const link = ['link', '--portal', 'my.bitrix24.com']
  const refused = { code: 2, stderr: /^\.env in this folder cannot be read: EISDIR[^\n]+\n$/ }
  t.match(await runHere(t, link, {}, cwd), refused)
  const utf16 = t.testdir({ '.env': Buffer.from('\uFEFFB24_APP_CODE=a\n', 'utf16le') })
  t.match(await runHere(t, link, {}, utf16),
    { code: 2, stderr: '.env in this folder cannot be read: save it as UTF-8\n' })
})

await t.test('command: prints no control characters of others', async t => {
  t.match(await runHere(t, ['\x1b[31mstart\x9b\u202e\u2028']), {
    code: 2, stderr: 'There is no command \\u001b[31mstart\\u009b\\u202e\\u2028; see fastify-bitrix24 --help.\n'
  })
})

await t.test('command: names a missing variable without a stack', async t => {
  const cwd = t.testdir()
  writeFileSync(join(cwd, '.env'), '')
  const { code, stderr } = await runHere(t, ['rotate-keys'], {}, cwd)
  t.equal(code, 1)
  for (const line of stderr.trim().split('\n')) t.match(line, /^[A-Z0-9_]+: /)
})

await t.test('command: shows a mistake of its own with a stack', async t => {
  const printed = t.capture(console, 'error')
  const broken = { usage: '', options: {}, maxPositionals: 0, run: async () => { throw new TypeError('oops') } }
  t.equal(await run(['fail'], { fail: { summary: '', load: async () => ({ default: broken }) } }), 1)
  t.match(printed(), [{ args: [{ stack: /TypeError: oops\n +at / }] }])
})

await t.test('command: says without a stack that the connection to the database was lost', async t => {
  const printed = t.capture(console, 'error')
  const copy = async () => { throw new Error('Connection terminated unexpectedly') }
  const lost = { usage: '', options: {}, maxPositionals: 0, run: copy }
  t.equal(await run(['copy'], { copy: { summary: '', load: async () => ({ default: lost }) } }), 1)
  t.match(printed(), [{ args: ['Connection terminated unexpectedly'] }])
})

await t.test('nearest: finds the word that was meant', async t => {
  t.equal(nearest('migrate', ['start', 'migrate-store']), 'migrate-store')
  t.equal(nearest('strat', ['start', 'doctor']), 'start')
  t.equal(nearest('x', ['start', 'doctor']), undefined)
  t.equal(nearest('x', []), undefined)
})
