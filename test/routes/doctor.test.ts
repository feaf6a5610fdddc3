import t from 'tap'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { createSelfReports, selfReportHeader, selfReportPath } from '../../src/http/self-report.ts'
import { startService } from '../service.ts'

await t.test('/health/doctor: is not there for whoever does not know APP_SECRET', async t => {
  const { fastify, config } = await startService(t)
  const other = createSelfReports(createKeyRing(Buffer.alloc(32, 9).toString('base64')), config.clientId)
  for (const question of [undefined, '', 'a.b.c', await other.ask('one')]) {
    const headers = question === undefined ? {} : { [selfReportHeader]: question }
    const answer = await fastify.inject({ url: selfReportPath, headers })
    t.equal(answer.statusCode, 404)
    t.equal(answer.json().error, 'B24_ERR_NOT_FOUND')
  }
})

await t.test('/health/doctor: says how a request arrived', async t => {
  for (const [env, isTrusted] of [[{}, false], [{ TRUST_PROXY: 'loopback' }, true]] as const) {
    const { fastify, config, log } = await startService(t, { env })
    const reports = createSelfReports(createKeyRing(config.appSecret), config.clientId)
    const question = await reports.ask('one')
    const headers = { [selfReportHeader]: question, 'x-forwarded-for': '198.51.100.1' }
    const answer = await fastify.inject({ url: selfReportPath, headers })
    const report = await reports.read(answer.json().report, 'one')
    t.strictSame(report, { peer: '127.0.0.1', isTrusted, forwardedFor: '198.51.100.1' })
    t.notOk(log.some(line => line.includes(question)))
  }
})
