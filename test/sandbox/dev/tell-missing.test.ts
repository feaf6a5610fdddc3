import t from 'tap'
import { tellMissing } from '../../../sandbox/dev/tell-missing.ts'
import { sandboxFor } from '../helper.ts'

await t.test('tellMissing: names a method once that the sandbox lacks', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  const said = t.capture(console, 'log')
  tellMissing(wire)
  const { accessToken } = alpha.grant(alpha.users.admin)
  const ask = async (method: string, params = {}) => {
    const query = new URLSearchParams({ auth: accessToken, ...params })
    await (await fetch(`${alpha.url}/rest/${method}?${query}`)).text()
  }
  await ask('profile')
  await ask('crm.shop.list')
  await ask('batch', { 'cmd[a]': 'crm.shop.list', 'cmd[b]': 'crm.shop.get', 'cmd[c]': 'profile' })
  t.strictSame(said().map(({ args: [text] }) => text), [
    'crm.shop.list is not in the sandbox. A portal may have it; a test can add a method.',
    'crm.shop.get is not in the sandbox. A portal may have it; a test can add a method.'
  ])
})
