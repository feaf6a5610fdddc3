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

await t.test('REST links: one customer is added and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows = [['lead', 'contact', 251], ['deal', 'contact', 8061], ['contact', 'company', 5],
    ['company', 'contact', 3]] as const
  for (const [kind, linked, id] of rows) {
    const [name, ID] = [`crm.${kind}.${linked}`, `${linked.toUpperCase()}_ID`]
    const links = () => resultOf(alpha, `${name}.items.get`, { id })
    const add = (fields: object) => resultOf(alpha, `${name}.add`, { id, fields })
    const remove = (fields: object) => resultOf(alpha, `${name}.delete`, { id, fields })
    await resultOf(alpha, `${name}.items.delete`, { id })
    t.equal(await add({ [ID]: 6 }), true)
    t.equal(await add({ [ID]: '7', SORT: 30 }), true)
    t.strictSame(await links(), [
      { [ID]: 6, SORT: 10, ROLE_ID: 0, IS_PRIMARY: 'Y' }, { [ID]: 7, SORT: 30, ROLE_ID: 0, IS_PRIMARY: 'N' }
    ], `${name}: the first one is the primary one`)
    t.equal(await add({ [ID]: 7, IS_PRIMARY: 'Y', SORT: 1 }), false, 'nobody twice')
    t.equal(await add({ [ID]: 8, IS_PRIMARY: 'Y' }), true)
    t.match(await links(), [{ [ID]: 6, IS_PRIMARY: 'N' }, { [ID]: 7, IS_PRIMARY: 'N' },
      { [ID]: 8, SORT: 40, IS_PRIMARY: 'Y' }], `${name}: another primary one`)
    t.equal(await remove({ [ID]: 8 }), true)
    t.equal(await remove({ [ID]: 8 }), false, 'who is not there')
    t.match(await links(), [{ [ID]: 6, IS_PRIMARY: 'Y' }, { [ID]: 7 }], `${name}: the first one again`)
  }
})

await t.test('REST links: wrong calls about one customer are refused with the documented texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const missing = "The parameter 'ownerEntityID' is invalid or not defined."
  const invalid = "The parameter 'fields' is not valid."
  const rows: Array<[method: string, params: object, text: string]> = [
    ['add', {}, missing],
    ['delete', { id: -1, fields: { CONTACT_ID: 5 } }, missing],
    ['add', { id: 8061 }, "The parameter 'fields' must be array."],
    ['add', { id: 8061, fields: 'x' }, "The parameter 'fields' must be array."],
    ['delete', { id: 8061, fields: null }, "The parameter 'item' must be array."],
    ['add', { id: 999, fields: {} }, 'Not found.'],
    ['add', { id: 8061, fields: {} }, invalid],
    ['add', { id: 8061, fields: { CONTACT_ID: { a: 1 } } }, invalid],
    ['delete', { id: 8061, fields: { CONTACT_ID: 0 } }, invalid]
  ]
  for (const [method, params, text] of rows) {
    t.match(await callRest(alpha, `crm.deal.contact.${method}`, { ...params }),
      { status: 400, body: { error: '', error_description: text } }, `${method} ${JSON.stringify(params)}`)
  }
})
