import t from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import { ask, sandboxFor } from '../helper.ts'

// The requests of BX24, the library of https://api.bitrix24.com/api/v1/, for its documented calls: a form to
// <method>.json whose type is not named, so that browsers call it text; the token first; nested names in brackets.

const post = (portal: Portal, method: string, form: string, token = portal.grant(portal.users.admin).accessToken) =>
  ask(`${portal.url}/rest/${method}.json`, { method: 'POST', body: `auth=${token}&${form}` })

await t.test('classic library: callMethod, with more() and next()', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (let id = 1001; id <= 1120; id++) alpha.content.add({ kind: 'company', id, authorId: 1, title: `Acme ${id}` })
  t.match(await post(alpha, 'profile', ''), { status: 200, body: { result: { ID: '1', ADMIN: true } } })

  const query = 'entityTypeId=4&filter[%3Eid]=1000&select[0]=id&select[1]=title&order[id]=ASC'
  const pages = [['', 50, 50], ['start=50&', 50, 100], ['start=100&', 20, undefined]] as const
  for (const [start, length, next] of pages) {
    const { body } = await post(alpha, 'crm.item.list', start + query)
    t.match(body, { total: 120, result: { items: [{ title: /^Acme/ }] } })
    t.strictSame([Object(body.result).items.length, body.next], [length, next])
  }
  t.match(await post(alpha, 'crm.nothing', 'list=&date=2026-11-26T10%3A00%3A00.000Z'),
    { status: 404, body: { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' } })
})

await t.test('classic library: callBatch as a list and as an object', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const encode = (text: string) => encodeURIComponent(text)
  t.match(await post(alpha, 'batch', `halt=0&cmd[0]=${encode('profile?')}&cmd[1]=${encode('server.time?')}`),
    { body: { result: { result: [{ ID: '1' }, /^\d{4}/], result_error: [] } } })
  const wrong = encode('crm.item.get?entityTypeId=4&id=99')
  const list = encode(`crm.item.list?entityTypeId=4&filter[${encode('>id')}]=1`)
  const named = `cmd[wrong]=${wrong}&cmd[list]=${list}`
  t.match((await post(alpha, 'batch', `halt=0&${named}`)).body.result, {
    result: { list: { items: [{ id: 3 }] } },
    result_total: { list: 1 },
    result_error: { wrong: { error: 'NOT_FOUND', error_description: 'Item not found' } }
  })
  t.notMatch((await post(alpha, 'batch', `halt=1&${named}`)).body.result, { result: { list: {} } })
})

await t.test('classic library: callBind and callUnbind', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const event = `event=onCrmDealAdd&handler=${encodeURIComponent('http://127.0.0.1:9/events')}`
  t.match((await post(alpha, 'event.bind', `${event}&auth_type=0`)).body, { result: true })
  t.match((await post(alpha, 'event.unbind', event)).body, { result: { count: 1 } })
})

await t.test('classic library: an expired token is told in the answer', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { accessToken } = alpha.grant(alpha.users.admin, { expiresIn: -1 })
  // The library looks at the code of the answer, then asks the frame for new tokens.
  t.match(await post(alpha, 'profile', '', accessToken), { status: 401, body: { error: 'expired_token' } })
})
