import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

const TASKID = 31

const method = (portal: Portal) => (name: string, params: Record<string, unknown> = {}): Promise<unknown> =>
  resultOf(portal, `task.checklistitem.${name}`, { TASKID, ...params })

await t.test('REST checklist: items are added to a list, moved, marked and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const call = method(alpha)
  t.equal(await call('add', { FIELDS: { TITLE: 'Pack', MEMBERS: { 2: { TYPE: 'A' }, 99: { TYPE: 'U' } } } }), 2)
  t.equal(await call('add', { FIELDS: { TITLE: 'Load', IS_COMPLETE: 'Y' } }), 3)
  t.equal(await call('add', { FIELDS: { TITLE: 'Doors', PARENT_ID: 3, IS_IMPORTANT: 'Y' } }), 4)
  t.equal(await call('add', { FIELDS: { TITLE: 'Another list', PARENT_ID: 77 } }), 5)
  t.match(await call('getlist', { ORDER: { ID: 'asc' } }), [
    { ID: '1', TITLE: 'BX_CHECKLIST_1', PARENT_ID: 0, TOGGLED_BY: null, TOGGLED_DATE: '', MEMBERS: [] },
    { ID: '2', PARENT_ID: '1', SORT_INDEX: '0', MEMBERS: [{ ID: '2', TYPE: 'A', PERSONAL_GENDER: 'M' }] },
    { ID: '3', PARENT_ID: '1', SORT_INDEX: '1', IS_COMPLETE: 'Y', TOGGLED_BY: '1', TOGGLED_DATE: /^\d{4}-/ },
    { ID: '4', PARENT_ID: '3', IS_IMPORTANT: 'Y' },
    { ID: '5', PARENT_ID: 0, SORT_INDEX: '1' }
  ])
  t.match(await call('getlist'), [{ ID: '5' }, { ID: '4' }])

  t.equal(await call('moveafteritem', { ITEMID: 4, AFTERITEMID: 2 }), null)
  t.match(await call('get', { ITEMID: 4 }), { PARENT_ID: '1', SORT_INDEX: '1' })
  t.match(await call('get', { ITEMID: 3 }), { SORT_INDEX: '2' })
  t.equal(await call('renew', { ITEMID: 3 }), true)
  t.match(await call('get', { ITEMID: 3 }), { IS_COMPLETE: 'N' })
  t.equal(await call('complete', { ITEMID: 99 }), false)
  t.equal(await call('complete', { ITEMID: 2 }), true)
  const done = await call('get', { ITEMID: 2 })
  await call('complete', { ITEMID: 2 })
  t.strictSame(await call('get', { ITEMID: 2 }), done, 'nothing changes a second time')
  t.equal(await call('update', { ITEMID: 2, FIELDS: { SORT_INDEX: 7, PARENT_ID: 5 } }), null)
  t.match(await call('get', { ITEMID: 2 }), { TITLE: 'Pack', SORT_INDEX: '7', PARENT_ID: '5', IS_COMPLETE: 'Y' })
  await call('update', { ITEMID: 2, FIELDS: { TITLE: 'Pack all' } })

  t.equal(await call('isactionallowed', { ITEMID: 2, ACTIONID: 5 }), true)
  t.equal(await call('isactionallowed', { ITEMID: 2, ACTIONID: 6 }), false)
  t.equal(await call('isactionallowed', { ITEMID: 99, ACTIONID: 1 }), false)
  t.equal(await call('delete', { ITEMID: 1 }), true)
  t.match(await call('getlist'), [{ ID: '5' }, { ID: '2', TITLE: 'Pack all', PARENT_ID: '5' }])
})

await t.test('REST checklist: parameters go by their order, and have a type', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await method(alpha)('add', { FIELDS: { TITLE: 'List', PARENT_ID: 0 } })
  t.match(await resultOf(alpha, 'task.checklistitem.get', { 0: 31, 1: 1 }), { TITLE: 'List' })
  const wrong = (text: string): string => `TASKS_ERROR_EXCEPTION_#256; ${text}; 256/TE/WRONG_ARGUMENTS<br>`
  const failed = (text: string): string => `TASKS_ERROR_EXCEPTION_#8; ${text}; 8/TE/ACTION_FAILED_TO_BE_PROCESSED<br>`
  const missing = 'TASKS_ERROR_EXCEPTION_#512; Check listitem not found or not accessible; ' +
    '512/TE/ITEM_NOT_FOUND_OR_NOT_ACCESSIBLE<br>'
  const rows: Array<[name: string, params: Record<string, unknown>, text: string]> = [
    ['get', { TASKID }, wrong('Param #1 (itemId) expected by method ctaskchecklistitem::get(), but not given.')],
    ['get', { TASKID: 'x', ITEMID: 1 }, wrong('Param #0 (taskId) for method ctaskchecklistitem::get() expected to be ' +
      'of type "integer", but given something else.')],
    ['get', { ITEMID: 1, TASKID }, missing],
    ['get', { TASKID: 0, ITEMID: 1 }, 'TASKS_ERROR_ASSERT_EXCEPTION<br>'],
    ['add', { TASKID, FIELDS: {} },
      wrong('Param #1 (arFields) expected by method ctaskchecklistitem::add(), but not given.')],
    ['add', { TASKID: 99, FIELDS: { TITLE: 'A' } }, failed('Adding item: action not allowed')],
    ['add', { TASKID, FIELDS: { SORT_INDEX: 1 } }, failed('Item name not specified')],
    ['getlist', { TASKID: 99 }, failed('Action failed')],
    ['getlist', { TASKID, ORDER: { IS_COMPLETED: 'asc' } },
      wrong('Param #1 (arOrder) for method ctaskchecklistitem::getlist() must not contain key "IS_COMPLETED".')],
    ['update', { TASKID, ITEMID: 99, FIELDS: { TITLE: 'A' } },
      'TASKS_ERROR_EXCEPTION_#4; No access to edit the task; 4/TE/ACTION_NOT_ALLOWED<br>'],
    ['delete', { TASKID, ITEMID: 99 }, failed('Deleting item: action not allowed')],
    ['moveafteritem', { TASKID, ITEMID: 1, AFTERITEMID: 99 }, failed('Moving item: action not allowed')]
  ]
  for (const [name, params, text] of rows) {
    t.match(await callRest(alpha, `task.checklistitem.${name}`, params),
      { status: 400, body: { error: 'ERROR_CORE', error_description: text } }, text)
  }
})
