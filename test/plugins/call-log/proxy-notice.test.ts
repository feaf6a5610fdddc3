import t from 'tap'
import callLog from '../../../plugins/call-log/index.ts'
import { build, type Scope } from '../../build.ts'
import { logLines } from '../../log-lines.ts'

/** What is in the log after one call without X-Forwarded-For, and two with it. */
async function linesWith (t: Scope, trustProxy: string[] | false, remoteAddress: string) {
  const { lines, stream } = logLines()
  const app = await build(t, app => app.register(callLog), { logger: { level: 'warn', stream }, trustProxy })
  app.get('/', async () => 'ok')
  for (const headers of [{}, { 'x-forwarded-for': '198.51.100.7' }, { 'x-forwarded-for': '198.51.100.8' }]) {
    await app.inject({ url: '/', headers, remoteAddress })
  }
  return lines
}

await t.test('proxy notice: warns once of an unnamed proxy, with what to set', async t => {
  for (const [trustProxy, peer, address] of [
    [false, '172.18.0.1', '172.18.0.1'],
    [false, '::ffff:172.18.0.1', '172.18.0.1'],
    [['10.0.0.1'], '172.18.0.1', '172.18.0.1']
  ] as const) {
    const lines = await linesWith(t, trustProxy && [...trustProxy], peer)
    t.match(lines, [{ level: 40, peer: address, msg: `set TRUST_PROXY=${address}:` }])
    t.notMatch(JSON.stringify(lines), '198.51.100')
  }
})

await t.test('proxy notice: does not warn of a named proxy', async t => {
  t.strictSame(await linesWith(t, ['172.18.0.1'], '172.18.0.1'), [])
})
