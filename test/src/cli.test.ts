import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root, run } from '../app/process.ts'

/** Runs the command with a module that is loaded before it. */
const runAfter = async (source: string, args: string[] = ['--help']) => {
  const first = `--import data:text/javascript,${encodeURIComponent(source)}`
  const NODE_OPTIONS = `${process.env['NODE_OPTIONS'] ?? ''} ${first}`
  const { ended, text } = run('src/cli.ts', { NODE_OPTIONS }, { args, isMeasured: true })
  return { code: await ended, text: text() }
}
const version = (text: string) =>
  `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${text}' } })`
const without = (path: string) => `import { registerHooks } from 'node:module'
  registerHooks({ resolve (name, context, next) {
    if (!name.endsWith('${path}')) return next(name, context)
    throw Object.assign(new Error('Cannot find module'), { code: 'ERR_MODULE_NOT_FOUND' })
  } })`

await t.test('cli: says in a sentence that Node.js is too old', async t => {
  for (const old of ['18.20.8', '22.18.0']) {
    const text = `fastify-bitrix24 needs Node.js 22.19 or newer; this is ${old}.\n`
    t.strictSame(await runAfter(version(old)), { code: 1, text })
  }
  for (const recent of ['22.19.0', '24.0.0']) t.match(await runAfter(version(recent)), { code: 0, text: /^Usage: / })
})

await t.test('cli: says in a sentence that its build is missing', async t => {
  const text = /^The build of fastify-bitrix24 is missing or not complete: run npm install[^\n]*\n$/
  t.match(await runAfter(without('commands/index.ts')), { code: 1, text })
})

await t.test('cli: shows a mistake of its own with a stack', async t => {
  const torn = without('commands/index.ts').replace('ERR_MODULE_NOT_FOUND', 'OTHER')
  t.match(await runAfter(torn), { code: 1, text: /\n +at / })
})

await t.test('cli: fails when what it prints is lost, and not when nobody wants to read on', async t => {
  const into = (target: string) => spawnSync('bash',
    ['-c', `"$0" "$@" ${target}; exit \${PIPESTATUS[0]}`, process.execPath, 'src/cli.ts', '--help'],
    { cwd: root, encoding: 'utf8' })
  t.match(into('>/dev/full'), { status: 1, stderr: /^The output cannot be written: ENOSPC[^\n]+\n$/ })
  t.match(into('| true'), { status: 0, stderr: '' })
})

await t.test('replay: says in a sentence that the sandbox is not there', async t => {
  t.strictSame(await runAfter(without('sandbox/replay.ts'), ['replay', 'call.json']), {
    code: 2, text: 'replay needs the sandbox portal, which is not part of this build.\n'
  })
})

await t.test('dev: says in a sentence that the sandbox is not there', async t => {
  t.strictSame(await runAfter(without('sandbox/dev/index.ts'), ['dev', '--application', t.testdir({})]), {
    code: 2, text: 'dev needs the sandbox portal, which is not part of this build.\n'
  })
})

await t.test('cli: package.json names it as the command', async t => {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  t.strictSame(bin, { 'fastify-bitrix24': './dist/src/cli.js' })
})
