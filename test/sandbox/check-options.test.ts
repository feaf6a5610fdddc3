import t from 'tap'
import { placementCall, sandbox, type CallChanges, type CallOptions, type SandboxOptions } from '../../sandbox/index.ts'
import { sandboxFor } from './helper.ts'

await t.test('options: sandbox() names one that does not exist, and those that do', async t => {
  const options: SandboxOptions & { apUrl: string } = { apUrl: 'http://127.0.0.1:9' }
  await t.rejects(sandbox(options), {
    name: 'TypeError',
    message: 'sandbox() has no option "apUrl"; it has appUrl, clientId, clientSecret, appCode, scope, port, ' +
      'oauthPort, database, methods, logLevel, liveReload, screenLinks.'
  })
})

await t.test('options: a call names one that does not exist, and those that do', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const options: CallOptions & { language: string } = { language: 'de' }
  const message = 'placementCall() has no option "language"; it has user, params, lang, generation, uri, domain, ' +
    'handler.'
  t.throws(() => alpha.placementCall('DEFAULT', options), { message })
  t.throws(() => placementCall(alpha, 'DEFAULT', options), { message })
})

await t.test('options: send() names a change that does not exist', async t => {
  const { send, portals: { alpha } } = await sandboxFor(t)
  const changes: CallChanges & { AUTH_ID: string } = { AUTH_ID: 'forged' }
  await t.rejects(send(alpha.placementCall('DEFAULT'), changes),
    { message: 'send() has no option "AUTH_ID"; it has query, body.' })
})

await t.test('options: a name of every object is none of them', async t => {
  const options: SandboxOptions & { constructor: unknown } = { constructor: Object }
  await t.rejects(sandbox(options), { message: /no option "constructor"/ })
})
