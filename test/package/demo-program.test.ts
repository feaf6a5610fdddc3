import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { WireEntry } from '../../sandbox/index.ts'
import { isSecret } from '../../sandbox/secrets.ts'
import { unmeasuredNode } from '../app/process.ts'
import { until } from '../until.ts'

/** The demo with its temporary files in a folder of the test. */
function runDemo (folder: string, env: Record<string, string> = {}) {
  const script = fileURLToPath(new URL('../../sandbox/demo.ts', import.meta.url))
  return spawn(...unmeasuredNode(script), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: undefined, TMPDIR: folder, ...env }
  })
}

await t.test('demo: prints one address, and leaves nothing behind', async t => {
  const folder = t.testdir()
  const demo = runDemo(folder)
  const ended = once(demo, 'exit')
  let output = ''
  for await (const chunk of demo.stdout) {
    output += chunk
    if (output.includes('http://')) break
  }
  const addresses = output.match(/http:\/\/[^ ]+/g) ?? []
  t.match(addresses, [/^http:\/\/localhost:\d+\/$/])
  t.equal(addresses.length, 1)
  t.notMatch(output, '"msg"', 'lines of the log below the wanted level are not shown')
  t.match(await (await fetch(addresses[0] ?? '')).text(), /Install Demo widgets/)
  t.equal((await readdir(folder)).length, 1, 'the database has a folder of its own')
  demo.kill('SIGINT')
  // npm sends a second one, which comes while the demo is stopping. Two of the same kind could arrive as one.
  demo.kill('SIGTERM')
  t.strictSame(await ended, [0, null])
  t.strictSame(await readdir(folder), [])
  await t.rejects(fetch(addresses[0] ?? ''), 'nothing listens any more')
})

await t.test('demo: ends with an error when the service does', async t => {
  const folder = t.testdir()
  const demo = runDemo(folder, { LOG_LEVEL: 'loud' })
  const [messages, [code]] = await Promise.all([text(demo.stderr), once(demo, 'exit')])
  t.equal(code, 1)
  t.match(messages, /The service has ended/)
  t.strictSame(await readdir(folder), [])
})

await t.test('demo: says in one sentence why it does not start', async t => {
  const folder = t.testdir({ temporary: {}, 'other.txt': 'No database at all. '.repeat(100) })
  const [temporary, file] = [join(folder, 'temporary'), join(folder, 'other.txt')]
  const busy = createServer().listen(0, '127.0.0.1')
  await once(busy, 'listening')
  t.after(() => busy.close())
  // A listening TCP server has such an address.
  const { port } = busy.address() as AddressInfo
  const taken =
    `Port ${port} of 127.0.0.1 cannot be used (EADDRINUSE). Choose another one, or 0 for any that is free.\n`
  const rows: Array<[env: Record<string, string>, sentence: string]> = [
    [{ PORT: String(port) }, taken],
    [{ PORTAL_PORT: String(port) }, taken],
    [{ PORT: 'abc' }, 'PORT is not the number of a port.\n'],
    [{ PORTAL_PORT: '65536' }, 'PORTAL_PORT is not the number of a port.\n'],
    [{ PORT: '8123', PORTAL_PORT: '8123' },
      'PORT and PORTAL_PORT name the same port: the service needs one, the portal another.\n'],
    [
      { PORTAL_DATABASE: file },
      `The database ${file} of the portals cannot be opened: file is not a database. ` +
      'Name a file in a folder that exists, one that is new or of the sandbox.\n'
    ],
    [{ NODE_ENV: 'production' },
      'The sandbox hands out tokens to everybody, so it does not start with NODE_ENV=production.\n']
  ]
  for (const [env, sentence] of rows) {
    const demo = runDemo(temporary, env)
    const [messages, [code]] = await Promise.all([text(demo.stderr), once(demo, 'exit')])
    t.strictSame([code, messages], [1, sentence])
  }
  t.strictSame(await readdir(temporary), [])
})

await t.test('demo: keeps what people wrote in the file that is named', async t => {
  const folder = t.testdir()
  const database = join(folder, 'portal.db')
  for (const posts of [1, 2]) {
    const demo = runDemo(folder, { PORTAL_DATABASE: database })
    const ended = once(demo, 'exit')
    let output = ''
    for await (const chunk of demo.stdout) {
      output += chunk
      if (output.includes('http://')) break
    }
    const stream = `${/http:\/\/localhost:\d+/.exec(output)?.[0]}/stream/`
    await fetch(stream, { method: 'POST', body: new URLSearchParams({ text: 'Nothing but this.' }) })
    t.equal((await (await fetch(stream)).text()).match(/Nothing but this\./g)?.length, posts)
    demo.kill('SIGTERM')
    t.strictSame(await ended, [0, null])
  }
  t.strictSame(await readdir(folder), ['portal.db'])
})

await t.test('demo: shows the wanted lines of the log, and puts them on the wire', async t => {
  const demo = runDemo(t.testdir(), { LOG_LEVEL: 'info' })
  const ended = once(demo, 'exit')
  t.after(() => demo.kill('SIGTERM'))
  let output = ''
  for (const stream of [demo.stdout, demo.stderr]) stream.on('data', chunk => { output += chunk })
  await until(() => output.includes('http://localhost'))
  const portal = /http:\/\/localhost:\d+/.exec(output)?.[0] ?? ''
  // What a browser does: it loads the page of the portal, and submits the form in it.
  const page = await (await fetch(`${portal}/marketplace/app/1/`)).text()
  const decode = (html = '') => html.replaceAll('&amp;', '&').replaceAll('&quot;', '"')
  const fields = [
    ...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)
  ].map(([, name = '', value]): [string, string] => [name, decode(value)])
  const answer = await fetch(decode(/<form id="appform_\w+" action="([^"]*)"/.exec(page)?.[1]),
    { method: 'POST', body: new URLSearchParams(fields) })
  t.equal(answer.status, 200)
  const calls = async () => (Object(
    await (await fetch(`${portal}/sandbox/api/wire`)).json()
  ).entries as WireEntry[]).filter(({ from }) => from === 'portal')
  await until(async () => (await calls()).some(({ status }) => status !== undefined))
  t.match(await calls(), [{ name: 'DEFAULT', status: 200, outcome: 'answered' }])
  demo.kill('SIGTERM')
  t.strictSame(await ended, [0, null])
  t.match(output, '"msg":"call"')
  const secrets = fields.filter(([name]) => isSecret(name))
  t.equal(secrets.length, 3)
  for (const [name, secret] of secrets) t.notMatch(output, secret, name)
})
