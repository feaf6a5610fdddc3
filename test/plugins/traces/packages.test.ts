import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { sandbox } from '../../../sandbox/index.ts'
import { listening, run } from '../../app/process.ts'
import { startCollector } from '../../collector.ts'
import { environment, freePort } from '../../service.ts'

const modules = pathToFileURL(`${import.meta.dirname}/modules.ts`).href

/** Starts a service beside a portal. Coverage is measured where packages fail: that happens in no other test. */
async function start (t: Test, env: Record<string, string>) {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const options = { isMeasured: 'FAILING' in env, args: ['src/server.ts'] }
  return { url, bitrix24, ...run(`--import=${modules}`, environment(bitrix24, url, env), options) }
}

/** What a service writes that answers one call and ends. */
async function outputOf (t: Test, env: Record<string, string>): Promise<string> {
  const { url, bitrix24, child, ended, text } = await start(t, env)
  t.equal(await listening(`${url}/health`), true, text())
  await bitrix24.install()
  child.kill('SIGTERM')
  t.equal(await ended, 0)
  return text()
}

await t.test('traces: load nothing without their variables', async t => {
  t.notMatch(await outputOf(t, { OTEL_SERVICE_NAME: 'shop' }), /^loaded /m)
})

await t.test('traces: are flushed when the process ends', async t => {
  const { env, spans } = await startCollector(t)
  t.match(await outputOf(t, env), /^loaded .*@fastify\/otel/m)
  t.ok(spans().some(({ name }) => name === 'POST /install'))
})

await t.test('traces: say at the start which packages are missing', async t => {
  const { env, bodies } = await startCollector(t)
  const output = await outputOf(t, { ...env, FAILING: 'ERR_MODULE_NOT_FOUND' })
  t.match(output, /"level":40,.*"OTEL_… variables ask for traces, but .* npm install /)
  t.match(output, ' npm install @fastify/otel @opentelemetry/api ')
  t.equal(bodies.length, 0)
})

await t.test('traces: end the start when a package is broken', async t => {
  const { env } = await startCollector(t)
  const { ended, text } = await start(t, { ...env, FAILING: 'ERR_BROKEN' })
  t.equal(await ended, 1)
  t.match(text(), 'no @opentelemetry/')
})
