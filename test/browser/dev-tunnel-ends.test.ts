// Needs no browser, but processes of their own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { freePort } from '../service.ts'
import { cli } from '../tool.ts'
import { makeCertificate, writeNgrok, writeProgram } from '../tunnel.ts'
import { until } from '../until.ts'

const forEver = 'while :; do sleep 0.05; done'

/** A folder with an application and ngrok, whose process id is in a file. */
function makeFolder (t: Test, script: string) {
  const folder = t.testdir({ application: {} })
  writeProgram(folder, 'ngrok', `echo $$ > ${folder}/pid\n${script}`)
  const kill = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8') || NaN), signal)
    } catch {
      return false
    }
  }
  return { folder, kill, isRunning: () => kill(0) }
}

/** Starts dev with a tunnel. */
function startDev (t: Test, folder: string, args: string[] = ['--tunnel'], env: Record<string, string> = {}) {
  const ports = args.includes('--port') ? [] : ['--port', '0']
  const child = spawn(process.execPath, [cli, 'dev', ...ports, '--portal-port', '0', ...args], {
    cwd: folder, env: { ...process.env, PATH: `${folder}:/usr/bin:/bin`, ...env }
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => { printed += String(chunk) })
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), printed }))
  t.after(() => child.kill('SIGKILL'))
  return { child, ended, says: (text: string) => until(() => printed.includes(text)) }
}

await t.test('dev --tunnel: ends with a sentence when the program ends', async t => {
  const { folder } = makeFolder(t, "echo 'ERROR:  authentication failed: no account' >&2; exit 1")
  t.strictSame(await startDev(t, folder).ended, {
    code: 1, printed: 'ngrok has ended: ERROR:  authentication failed: no account\n'
  })
})

await t.test('dev --tunnel: ends with its children when the program ends later', async t => {
  const { folder, kill } = makeFolder(t, '')
  const certificate = makeCertificate(t)
  const port = await freePort()
  writeNgrok(folder, certificate, port)
  const { ended, says } = startDev(t, folder, ['--tunnel'], { NODE_EXTRA_CA_CERTS: certificate.authority })
  await says('Ctrl+C stops everything.\n')
  const { status } = await fetch(`https://127.0.0.1:${port}/health`)
  t.equal(status, 200)
  t.ok(kill('SIGKILL'))
  const { code, printed } = await ended
  t.equal(code, 1)
  t.match(printed, /\nngrok has ended: [^\n]+\n$/)
})

await t.test('dev --tunnel: leaves no program when a port is taken', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.after(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const sentence = `Port ${port} of 127.0.0.1 cannot be used (EADDRINUSE). ` +
    'Choose another one, or 0 for any that is free.\n'
  const { folder, isRunning } = makeFolder(t, forEver)
  t.strictSame(await startDev(t, folder, ['--tunnel', '--port', String(port)]).ended, {
    code: 1, printed: `--port: ${sentence}`
  })
  t.notOk(existsSync(join(folder, 'pid')), 'it was not even started')

  const certificate = makeCertificate(t)
  writeNgrok(folder, certificate, await freePort())
  const env = { NODE_EXTRA_CA_CERTS: certificate.authority }
  const { ended } = startDev(t, folder, ['--tunnel', 'ngrok', '--portal-port', String(port)], env)
  t.strictSame(await ended, { code: 1, printed: `--portal-port: ${sentence}` })
  t.ok(existsSync(join(folder, 'pid')))
  t.notOk(isRunning())
})

await t.test('dev --tunnel: ends with Ctrl+C while the tunnel opens', async t => {
  const { folder, isRunning } = makeFolder(t, `trap '' INT\n${forEver}`)
  const { child, ended } = startDev(t, folder)
  await until(isRunning)
  child.kill('SIGINT')
  t.strictSame(await ended, { code: 0, printed: '' })
  t.notOk(isRunning())
})

await t.test('dev --tunnel: waits for an address that does not lead here yet', async t => {
  const { folder } = makeFolder(t, '')
  const address = `https://127.0.0.1:${await freePort()}`
  const { child, ended, says } = startDev(t, folder, ['--tunnel', address])
  await says(`${address} does not lead to port `)
  child.kill('SIGTERM')
  const { code, printed } = await ended
  t.equal(code, 0)
  t.match(printed, /^https:\S+ does not lead to port \d+ of this machine yet: connect ECONNREFUSED [^\n]+\n$/)
  t.match(printed, /ECONNREFUSED [\d.:]+\. Waiting [^\n]+\n$/)
})
