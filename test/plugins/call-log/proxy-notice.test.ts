import t from 'tap'
import callLog from '../../../plugins/call-log/index.ts'
import { selfReportHeader } from '../../../src/http/self-report.ts'
import { build, type Scope } from '../../build.ts'
import { logLines } from '../../log-lines.ts'

const calls: Array<Record<string, string>> = [
  {}, { 'x-forwarded-for': '198.51.100.7' }, { 'x-forwarded-for': '198.51.100.8' }
]

/** What is in the log after calls with these headers: by default one without X-Forwarded-For, and two with it. */
async function linesWith (t: Scope, trustProxy: string[] | false, remoteAddress: string, headersOfCalls = calls) {
  const { lines, stream } = logLines()
  const app = await build(t, app => app.register(callLog), { logger: { level: 'warn', stream }, trustProxy })
  app.get('/', async () => 'ok')
  for (const headers of headersOfCalls) await app.inject({ url: '/', headers, remoteAddress })
  return lines
}

await t.test('proxy notice: warns once of an unnamed proxy, with what to set', async t => {
  for (const [trustProxy, peer, address] of [
    [false, '172.18.0.1', '172.18.0.1'],
    [false, '::ffff:172.18.0.1', '172.18.0.1'],
    [['10.0.0.1'], '172.18.0.1', '172.18.0.1']
  ] as const) {
    const lines = await linesWith(t, trustProxy && [...trustProxy], peer)
    t.equal(lines.length, 1)
    t.match(lines, [{ level: 40, peer: address, msg: `set TRUST_PROXY=${address}:` }])
    t.notMatch(JSON.stringify(lines), '198.51.100')
  }
})

await t.test('proxy notice: does not warn of a named proxy', async t => {
  t.strictSame(await linesWith(t, ['172.18.0.1'], '172.18.0.1'), [])
})

await t.test('proxy notice: does not warn of the doctor, who invents an address', async t => {
  const doctor = { 'x-forwarded-for': '203.0.113.7', [selfReportHeader]: 'a question' }
  t.strictSame(await linesWith(t, false, '127.0.0.1', [doctor]), [])
  t.match(await linesWith(t, false, '172.18.0.1', [doctor, ...calls]), [{ level: 40, peer: '172.18.0.1' }])
})
