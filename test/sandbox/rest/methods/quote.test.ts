import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST quote: a quote is written, found and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = {
    TITLE: 'Desks',
    STATUS_ID: 'DRAFT',
    OPPORTUNITY: 150,
    LEAD_ID: 250,
    CLIENT_EMAIL: 'office@lind.example',
    PERSON_TYPE_ID: 1,
    QUOTE_NUMBER: '7'
  }
  t.equal(await resultOf(alpha, 'crm.quote.add', { fields }), 10)
  await resultOf(alpha, 'crm.quote.contact.items.set', { id: 10, items: [{ CONTACT_ID: 6 }] })
  const written = {
    ID: '10',
    STATUS_ID: 'DRAFT',
    OPPORTUNITY: '150.00',
    TAX_VALUE: '0.00',
    LEAD_ID: '250',
    CONTACT_ID: '6',
    CLIENT_EMAIL: 'office@lind.example',
    CLIENT_TITLE: null,
    PERSON_TYPE_ID: '1',
    QUOTE_NUMBER: '10',
    ORIGIN_ID: undefined
  }
  t.match(await resultOf(alpha, 'crm.quote.get', { id: 10 }), written)
  t.match(await resultOf(alpha, 'crm.quote.list', { filter: { CLIENT_EMAIL: 'office@lind.example' } }), [written])
  await resultOf(alpha, 'crm.quote.userfield.add', { fields: { USER_TYPE_ID: 'string', FIELD_NAME: 'PORT' } })
  await resultOf(alpha, 'crm.quote.update', { id: 10, fields: { STATUS_ID: 'SENT', UF_CRM_PORT: 'Linz' } })
  t.match(await resultOf(alpha, 'crm.item.get', { entityTypeId: 7, id: 10 }),
    { item: { stageId: 'SENT', ufCrmPort: 'Linz', clientEmail: undefined } })
  t.match(await resultOf(alpha, 'crm.quote.fields'), {
    TITLE: { isRequired: true },
    QUOTE_NUMBER: { isReadOnly: true },
    LEAD_ID: { isReadOnly: false, settings: undefined },
    LAST_COMMUNICATION_TIME: { isReadOnly: true },
    UF_CRM_PORT: { isDynamic: true }
  })
  t.equal(await resultOf(alpha, 'crm.quote.delete', { id: 10 }), true)
  for (const [method, error, text] of [
    ['get', '', 'Not found'], ['update', '', 'Quote is not found'], ['delete', 'ERROR_CORE', 'Element not found']
  ] as const) {
    t.match(await callRest(alpha, `crm.quote.${method}`, { id: 10, fields: {} }),
      { status: 400, body: { error, error_description: text } }, method)
  }
  t.match(await resultOf(alpha, 'crm.item.add', { entityTypeId: 31, fields: {} }), { item: { accountNumber: /^\d+$/ } })
})
