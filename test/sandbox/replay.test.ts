import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { unmeasuredNode } from '../app/process.ts'
import { startService } from '../service.ts'
import { ask } from './helper.ts'

/** Runs the program, and tells its exit code and everything that it printed. */
const replay = (...args: string[]): Promise<{ code: number, output: string }> => new Promise(resolve => {
  const script = join(import.meta.dirname, '../../sandbox/replay.ts')
  const child = execFile(...unmeasuredNode(script, ...args), (_error, stdout, stderr) =>
    resolve({ code: child.exitCode ?? -1, output: (stdout + stderr).trim() }))
})

const received: URLSearchParams[] = []
const service = createServer(async (request, response) => {
  const { search } = new URL(request.url ?? '', 'http://localhost')
  received.push(new URLSearchParams(`${search.slice(1)}&${await text(request)}`))
  if (request.method === 'GET') response.end('Hello')
  else {
    response.writeHead(403)
      .end('<title>No\n access</title><h1 class="x">No <b>access</b></h1><code>B24_ERR_PORTAL_UNKNOWN</code> secret')
  }
}).listen(0, '127.0.0.1')
await once(service, 'listening')
// A listening TCP server has such an address.
const appUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
const { url: portal, close } = await sandbox({ appUrl })

const saved = {
  portal,
  user: 2,
  placement: 'DEFAULT',
  method: 'POST',
  url: `${appUrl}/placement`,
  query: { DOMAIN: 'localhost:1', APP_SID: '{{APP_SID}}' },
  body: { AUTH_ID: '{{AUTH_ID}}', PLACEMENT: 'DEFAULT', code: '{{CODE}}' }
}
const nothing = 'http://127.0.0.1:9'
const folder = t.testdir({
  'call.json': JSON.stringify(saved),
  'get.json': JSON.stringify({ ...saved, method: 'GET', body: {} }),
  'elsewhere.json': JSON.stringify({ ...saved, url: `${nothing}/placement`, portal: nothing }),
  'broken.json': '{',
  'other.json': '{ "a": 1 }',
  'stranger.json': JSON.stringify({ ...saved, user: 99 }),
  'half.json': JSON.stringify({ ...saved, body: null })
})
const file = (name: string) => join(folder, name)

await t.test('replay: sends a saved call with fresh tokens, and prints none', async t => {
  for (const args of [['call.json'], ['elsewhere.json', '--app', appUrl, '--portal', portal]]) {
    const { code, output } = await replay(file(args[0] ?? ''), ...args.slice(1))
    t.strictSame([code, output],
      [1, 'Status: 403\nTitle: No access\nHeading: No access\nError: B24_ERR_PORTAL_UNKNOWN'])
    const fields = Object.fromEntries(received.pop() ?? [])
    t.match(fields, {
      DOMAIN: 'localhost:1',
      APP_SID: /^[0-9a-f]{32}$/,
      AUTH_ID: /^[0-9a-f]{70}$/,
      PLACEMENT: 'DEFAULT',
      code: '{{CODE}}'
    })
  }
})

await t.test('replay: a call by GET has no form', async t => {
  t.strictSame(await replay(file('get.json')), { code: 0, output: 'Status: 200' })
  t.strictSame([...received.pop()?.keys() ?? []], ['DOMAIN', 'APP_SID'])
})

await t.test('replay: a call that was saved in one run is replayed in another one', async t => {
  const before = await startService(t)
  await before.install()
  const { alpha } = before.sandbox.portals
  await before.call(alpha.placementCall('DEFAULT', { user: alpha.users.employee }))
  const { id } = before.sandbox.wire.entries.findLast(({ from }) => from === 'portal') ?? {}
  const saved = await ask(`${alpha.url}/sandbox/api/wire/${id}/save`)
  await before.sandbox.close()

  const now = await startService(t)
  await now.install()
  const folder = t.testdir({ 'call.json': JSON.stringify(saved.body) })
  const { code, output } = await replay(join(folder, 'call.json'), '--app', now.url, '--portal', now.sandbox.url)
  t.equal(code, 0, output)
  t.match(output, /^Status: 200\nTitle: /)
  t.notMatch(output, 'Error')
})

await t.test('replay: whatever is missing is said in one sentence', async t => {
  const usage = 'Usage: fastify-bitrix24 replay <file> [--app URL of the service] [--portal URL of the portal]'
  const remedy = 'start it with fastify-bitrix24 dev or npm run demo, or name its address with --portal.'
  const notSaved = (name: string) =>
    `${file(name)} is not a call that the panel of the sandbox saved, or --app or --portal is no address.`
  const rows: Array<[args: string[], sentence: string]> = [
    [[], usage],
    [['--what'], usage],
    [['missing.json'], 'There is no file missing.json to read.'],
    [[file('broken.json')], `${file('broken.json')} holds no JSON.`],
    [[file('other.json')], notSaved('other.json')],
    [[file('half.json')], notSaved('half.json')],
    [[file('call.json'), '--app', 'x'], notSaved('call.json')],
    [[file('call.json'), '--portal', nothing],
      `The sandbox does not answer at ${nothing}; ${remedy}`],
    [[file('call.json'), '--portal', appUrl],
      `The sandbox does not answer at ${appUrl}; ${remedy}`],
    [[file('stranger.json')], `The sandbox at ${portal} gives no tokens for this call: user is one of 1, 2, 3, 4.`],
    [[file('call.json'), '--app', nothing],
      `Nothing answers at ${nothing}; start the service, or name its address with --app.`]
  ]
  for (const [args, sentence] of rows) t.strictSame(await replay(...args), { code: 1, output: sentence })
})

service.close()
await close()
