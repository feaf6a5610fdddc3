import t from 'tap'
import { callRest, failureOf, sandboxFor } from '../../helper.ts'

type Item = Record<string, unknown>

await t.test('REST item: the documented list of leads is answered', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const leads: Array<[id: number, authorId: number, fields: Item]> = [
    [253, 1, { NAME: 'Anna', STAGE_ID: 'NEW', SOURCE_ID: 'WEB', OPPORTUNITY: 19000 }],
    [255, 1, { NAME: 'Ivan', LAST_NAME: 'Ivanov', STAGE_ID: 'NEW', SOURCE_ID: 'WEB', OPPORTUNITY: 19600 }],
    [254, 1, { LAST_NAME: 'Kotov', STAGE_ID: 'IN_PROCESS', SOURCE_ID: 'ADVERTISING', OPPORTUNITY: 19000 }],
    [256, 1, { STAGE_ID: 'NEW', SOURCE_ID: 'WEB', OPPORTUNITY: 19000 }],
    [257, 1, { NAME: 'Rich', STAGE_ID: 'NEW', SOURCE_ID: 'WEB', OPPORTUNITY: 20001 }],
    [258, 1, { NAME: 'Junk', STAGE_ID: 'JUNK', SOURCE_ID: 'WEB', OPPORTUNITY: 6000 }],
    [259, 2, { NAME: 'Other', STAGE_ID: 'NEW', SOURCE_ID: 'WEB', OPPORTUNITY: 6000 }]
  ]
  for (const [id, authorId, fields] of leads) {
    alpha.content.add({ kind: 'lead', id, authorId, fields: { ...fields, IS_MANUAL_OPPORTUNITY: 'Y' } })
  }
  const { body } = await callRest(alpha, 'crm.item.list', {
    entityTypeId: 1,
    select: ['id', 'title', 'lastName', 'name', 'stageId', 'sourceId', 'assignedById', 'opportunity',
      'isManualOpportunity'],
    filter: {
      0: { logic: 'OR', 0: { '!=name': '' }, 1: { '!=lastName': '' } },
      '@stageId': ['NEW', 'IN_PROCESS'],
      '@sourceId': ['WEB', 'ADVERTISING'],
      '@assignedById': [1, 6],
      '>=opportunity': 5000,
      '<=opportunity': 20000,
      isManualOpportunity: 'Y'
    },
    order: { lastName: 'ASC', name: 'ASC' }
  })
  t.strictSame(body.result, {
    items: [
      {
        id: 253,
        assignedById: 1,
        stageId: 'NEW',
        opportunity: 19000,
        isManualOpportunity: 'Y',
        sourceId: 'WEB',
        name: 'Anna',
        lastName: null,
        title: 'Lead #253'
      },
      {
        id: 255,
        assignedById: 1,
        stageId: 'NEW',
        opportunity: 19600,
        isManualOpportunity: 'Y',
        sourceId: 'WEB',
        name: 'Ivan',
        lastName: 'Ivanov',
        title: 'Lead #255'
      },
      {
        id: 254,
        assignedById: 1,
        stageId: 'IN_PROCESS',
        opportunity: 19000,
        isManualOpportunity: 'Y',
        sourceId: 'ADVERTISING',
        name: null,
        lastName: 'Kotov',
        title: 'Lead #254'
      }
    ]
  })
  t.match(body, { total: 3 })
})

await t.test('REST item: the list takes names in capitals and refuses unknown ones', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const list = (params: object) => callRest(alpha, 'crm.item.list', { entityTypeId: 2, ...params })
  t.match(await list({ filter: { '>ID': 8061 }, order: { ID: 'desc' }, select: ['ID', 'fm'] }),
    { body: { result: { items: [{ id: 8062 }] }, total: 1 } })
  t.match(await list({ filter: { contactIds: 6 } }), { body: { result: { items: [{ id: 8062, entityTypeId: 2 }] } } })
  t.match(await list({ filter: { LOGIC: 'OR', 0: { id: [8061] }, 1: { '!@id': [8061] } }, select: null }),
    { body: { total: 2 } })
  const rows: Array<[object, string]> = [
    [{ filter: { '!FIELD': 1 } }, "Invalid filter: field '!FIELD' is not allowed in filter"],
    [{ filter: { '>>id': 1 } }, "Invalid filter: field '>>id' is not allowed in filter"],
    [{ filter: { id: { from: 1 } } }, "Invalid filter: field 'from' is not allowed in filter"],
    [{ filter: { '>=id': [1] } }, "Invalid filter: field '>=id' has invalid value"],
    [{ filter: { LOGIC: 'OR', 0: { '%title': ['a'] } } }, "Invalid filter: field '%title' has invalid value"],
    [{ filter: { '!id': [1, 2] } }, "Invalid filter: field '!id' has invalid value"],
    [{ filter: { 0: { logic: 'OR', 0: { fm: 1 } } } }, "Invalid filter: field 'fm' is not allowed in filter"],
    [{ filter: { entityTypeId: 2 } }, "Invalid filter: field 'entityTypeId' is not allowed in filter"],
    [{ filter: { UF_CRM_1: 'x' } }, "Invalid filter: field 'UF_CRM_1' is not allowed in filter"],
    [{ order: { ufCrm_1: 'ASC' } }, "Invalid order: field 'ufCrm_1' is not allowed in order"],
    [{ order: { phone: 'ASC' } }, "Invalid order: field 'phone' is not allowed in order"],
    [{ order: { id: 'UP' } },
      "Invalid order: allowed sort directions are `ASC, DESC`. But got 'UP' for field 'id'"]
  ]
  for (const [params, text] of rows) {
    t.match(await list(params), { status: 400, body: { error: 'INVALID_ARG_VALUE', error_description: text } }, text)
  }
  for (const name of ['select', 'order', 'filter']) {
    t.match(await list({ [name]: 'ASC' }), {
      status: 400,
      body: {
        error: '100',
        error_description:
          `Invalid value {ASC} to match with parameter {${name}}. Should be value of type array. (internal error)`
      }
    })
  }
  t.strictSame(await failureOf(alpha, 'crm.item.list', { entityTypeId: 5 }), [400, 'ENTITY_TYPE_NOT_SUPPORTED'])
})
