import t from 'tap'
import { NO_TROUBLE } from '../../sandbox/state.ts'
import { ask, sandboxFor } from './helper.ts'

await t.test('trouble: a name that does not exist is refused with those that do', async t => {
  const { trouble } = await sandboxFor(t)
  t.throws(() => Object.assign(trouble, { rst: 'down' }), {
    name: 'TypeError',
    message: 'There is no trouble "rst"; there are authorizationServer, rest, token, refresh, installation, access, ' +
      'events, licence, authorizationServerDelay, restDelay.'
  })
  t.strictSame({ ...trouble }, NO_TROUBLE)
})

await t.test('trouble: a value that does not exist is refused with those that do', async t => {
  const { trouble } = await sandboxFor(t)
  t.throws(() => Object.assign(trouble, { token: 'old' }),
    { message: 'token cannot have this value. Allowed: none, expired, revoked, foreign.' })
  t.throws(() => { trouble.restDelay = -1 }, { message: 'restDelay is a number of milliseconds. Allowed: 0 to 60000.' })
  t.strictSame({ ...trouble }, NO_TROUBLE)
})

await t.test('trouble: what a test switches on, the portal has', async t => {
  const { trouble, url } = await sandboxFor(t)
  trouble.rest = 'limited'
  t.match(await ask(`${url}/sandbox/api/trouble`), { status: 200, body: { ...NO_TROUBLE, rest: 'limited' } })
})
