import t from 'tap'
import { eventData } from '../../sandbox/data-events.ts'
import type { DataEventName } from '../../sandbox/data-events.ts'

await t.test('data events: an event says what has changed in the documented fields', async t => {
  const rows: Array<[DataEventName, Record<string, string>, Record<string, string>]> = [
    ['ONCRMDEALUPDATE', {}, { 'data[FIELDS][ID]': '999' }],
    ['ONCRMDYNAMICITEMADD', { ENTITY_TYPE_ID: '183' },
      { 'data[FIELDS][ID]': '999', 'data[FIELDS][ENTITY_TYPE_ID]': '183' }],
    ['ONCRMTIMELINECOMMENTADD', {}, { 'data[ID]': '999' }],
    ['ONCALENDARENTRYADD', {}, { 'data[id]': '999' }],
    ['ONTASKADD', {}, {
      'data[FIELDS_BEFORE]': 'undefined',
      'data[FIELDS_AFTER][ID]': '999',
      'data[IS_ACCESSIBLE_BEFORE]': 'N',
      'data[IS_ACCESSIBLE_AFTER]': 'undefined'
    }],
    ['ONTASKUPDATE', {}, {
      'data[FIELDS_BEFORE][ID]': '999',
      'data[FIELDS_AFTER][ID]': '999',
      'data[IS_ACCESSIBLE_BEFORE]': 'undefined',
      'data[IS_ACCESSIBLE_AFTER]': 'undefined'
    }],
    ['ONTASKDELETE', {}, {
      'data[FIELDS_BEFORE][ID]': '999',
      'data[FIELDS_AFTER]': 'undefined',
      'data[IS_ACCESSIBLE_BEFORE]': 'undefined',
      'data[IS_ACCESSIBLE_AFTER]': 'N'
    }],
    ['ONTASKCOMMENTADD', { MESSAGE_ID: '999', TASK_ID: '31' }, {
      'data[FIELDS_BEFORE]': 'undefined',
      'data[FIELDS_AFTER][ID]': '999',
      'data[FIELDS_AFTER][MESSAGE_ID]': '999',
      'data[FIELDS_AFTER][TASK_ID]': '31',
      'data[IS_ACCESSIBLE_BEFORE]': 'N',
      'data[IS_ACCESSIBLE_AFTER]': 'undefined'
    }]
  ]
  for (const [name, others, expected] of rows) t.strictSame(eventData(name, 999, others), expected, name)
})
