import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST links: the customers of an item are set, read and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows = [['lead', 'contact', 251], ['deal', 'contact', 8061], ['contact', 'company', 5],
    ['company', 'contact', 3]] as const
  for (const [kind, linked, id] of rows) {
    const [name, ID] = [`crm.${kind}.${linked}.items`, `${linked.toUpperCase()}_ID`]
    const items = [{ [ID]: 6, SORT: 30 }, { [ID]: '7', IS_PRIMARY: 'Y' }, { [ID]: 6 }, { [ID]: 'x' }, 'none']
    t.equal(await resultOf(alpha, `${name}.set`, { id, items: items.slice(0, 2) }), true)
    t.strictSame(await resultOf(alpha, `${name}.get`, { id }), [
      { [ID]: 7, SORT: 20, ROLE_ID: 0, IS_PRIMARY: 'Y' }, { [ID]: 6, SORT: 30, ROLE_ID: 0, IS_PRIMARY: 'N' }
    ], name)
    await resultOf(alpha, `${name}.set`, { id, items })
    t.match(await resultOf(alpha, `${name}.get`, { id }), { length: 2 }, 'nobody twice')
    t.equal(await resultOf(alpha, `${name}.delete`, { id }), true)
    t.strictSame(await resultOf(alpha, `${name}.get`, { id }), [])
  }
})

await t.test('REST links: they are those of the item', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'crm.deal.contact.items.set', { id: 8061, items: [{ CONTACT_ID: 5 }, { CONTACT_ID: 6 }] })
  t.match(await resultOf(alpha, 'crm.item.get', { entityTypeId: 2, id: 8061 }),
    { item: { contactId: 5, contactIds: [5, 6] } })
  await resultOf(alpha, 'crm.deal.update', { id: 8061, fields: { CONTACT_IDS: [7, 5] } })
  t.match(await resultOf(alpha, 'crm.deal.contact.items.get', { id: 8061 }), [{ CONTACT_ID: 7 }, { CONTACT_ID: 5 }])
})

await t.test('REST links: wrong calls are refused with the documented texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const missing = 'The parameter ownerEntityID is invalid or not defined.'
  const rows: Array<[method: string, params: object, text: string]> = [
    ['get', {}, missing], ['get', { id: 0 }, missing], ['delete', { id: [1] }, missing],
    ['get', { id: 999 }, 'Not found.'],
    ['set', { id: 8061 }, 'The parameter items must be array.'],
    ['set', { id: 8061, items: 'x' }, 'The parameter items must be array.']
  ]
  for (const [method, params, text] of rows) {
    t.match(await callRest(alpha, `crm.deal.contact.items.${method}`, { ...params }),
      { status: 400, body: { error: '', error_description: text } }, `${method} ${JSON.stringify(params)}`)
  }
})
