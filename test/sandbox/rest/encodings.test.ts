import t from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import { ask, callRest, resultOf, sandboxFor } from '../helper.ts'

// The examples of the documentation's pages about how requests are sent.

const lead = {
  TITLE: 'My company',
  PHONE: [{ VALUE: '112233', VALUE_TYPE: 'WORK' }, { VALUE: '555888112', VALUE_TYPE: 'OTHER' }]
}
const PAIRS: Array<[name: string, value: string]> = [
  ['fields[TITLE]', 'My company'],
  ['fields[PHONE][0][VALUE]', '112233'],
  ['fields[PHONE][0][VALUE_TYPE]', 'WORK'],
  ['fields[PHONE][1][VALUE]', '555888112'],
  ['fields[PHONE][1][VALUE_TYPE]', 'OTHER']
]

function form (): FormData {
  const body = new FormData()
  for (const [name, value] of PAIRS) body.set(name, value)
  return body
}

await t.test('REST: lists and maps come in a query, in forms, in multipart bodies and in JSON', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { accessToken } = alpha.grant(alpha.users.admin)
  const address = `${alpha.url}/rest/crm.lead.add.json?auth=${accessToken}`
  const JSON_TYPE = { 'content-type': 'application/json' }
  const calls: Array<[name: string, url: string, init?: RequestInit]> = [
    ['GET', `${address}&${new URLSearchParams(PAIRS)}`],
    ['POST without a body', `${address}&${new URLSearchParams(PAIRS)}`, { method: 'POST' }],
    ['a form', address, { method: 'POST', body: new URLSearchParams(PAIRS) }],
    ['multipart', address, { method: 'POST', body: form() }],
    ['JSON', address, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ fields: lead }) }]
  ]
  for (const [name, url, init] of calls) {
    const { status, body } = await ask(url, init)
    t.equal(status, 200, name)
    t.match(await resultOf(alpha, 'crm.lead.get', { id: body.result }), lead, name)
  }
})

const titleOf = async (portal: Portal, id: unknown): Promise<unknown> =>
  Object(await resultOf(portal, 'crm.lead.get', { id })).TITLE

await t.test('REST: special characters are encoded once, and twice in the commands of a batch', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { accessToken } = alpha.grant(alpha.users.admin)
  const get = (path: string) => ask(`${alpha.url}/rest/${path}&auth=${accessToken}`)
  const rows: Array<[path: string, title: string]> = [
    ['crm.lead.add?fields[TITLE]=John&Martin', 'John'], ['crm.lead.add?fields[TITLE]=John%26Martin', 'John&Martin']
  ]
  for (const [path, title] of rows) t.equal(await titleOf(alpha, (await get(path)).body.result), title, path)
  const { body } = await get('batch?cmd[0]=crm.lead.add%3Ffields%5BTITLE%5D%3DJohn%2526Martin')
  t.equal(await titleOf(alpha, Object(body.result).result[0]), 'John&Martin')
})

await t.test('REST: a batch answers in JSON, or in XML where its name ends in .xml', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const cmd = { get_user: 'profile' }
  for (const name of ['batch', 'batch.json']) {
    const { body } = await callRest(alpha, name, { cmd })
    t.match(body, { result: { result: { get_user: { ID: '1', NAME: 'Anna' } } } }, name)
  }
  const { accessToken } = alpha.grant(alpha.users.admin)
  const answer = await fetch(`${alpha.url}/rest/batch.xml?auth=${accessToken}&cmd[get_user]=profile`)
  t.match(await answer.text(), /^<response><result><result><get_user><ID>1<\/ID>.*<NAME>Anna<\/NAME>/)
})
