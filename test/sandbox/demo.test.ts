import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'

/** The demo with its temporary files in a folder of the test. */
function runDemo (folder: string, env: Record<string, string> = {}) {
  const script = fileURLToPath(new URL('../../sandbox/demo.ts', import.meta.url))
  return spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: undefined, TMPDIR: folder, ...env }
  })
}

await t.test('it prints one address, and leaves nothing behind', async t => {
  const folder = t.testdir()
  const demo = runDemo(folder, { LOG_LEVEL: 'silent' })
  const ended = once(demo, 'exit')
  let output = ''
  for await (const chunk of demo.stdout) {
    output += chunk
    if (output.includes('http://')) break
  }
  const addresses = output.match(/http:\/\/[^ ]+/g) ?? []
  t.match(addresses, [/^http:\/\/localhost:\d+\/$/])
  t.equal(addresses.length, 1)
  t.match(await (await fetch(addresses[0] ?? '')).text(), /Install Demo widgets/)
  t.equal((await readdir(folder)).length, 1, 'the database has a folder of its own')
  demo.kill('SIGINT')
  // npm sends it once more, while the demo is stopping.
  await wait(30)
  demo.kill('SIGINT')
  t.strictSame(await ended, [0, null])
  t.strictSame(await readdir(folder), [])
  await t.rejects(fetch(addresses[0] ?? ''), 'nothing listens any more')
})

await t.test('it ends with an error when the service does', async t => {
  const folder = t.testdir()
  const busy = createServer((_request, response) => response.writeHead(500).end()).listen(0, '127.0.0.1')
  await once(busy, 'listening')
  t.after(() => busy.close())
  // A listening TCP server has such an address.
  const { port } = busy.address() as AddressInfo
  const demo = runDemo(folder, { PORT: String(port), PORTAL_PORT: '0' })
  const [messages, [code]] = await Promise.all([text(demo.stderr), once(demo, 'exit')])
  t.equal(code, 1)
  t.match(messages, /The service has ended/)
  t.strictSame(await readdir(folder), [])
})
