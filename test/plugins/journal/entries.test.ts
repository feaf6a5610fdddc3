import t from 'tap'
import { eventEntry, restEntry } from '../../../plugins/journal/entries.ts'
import type { EventMessage, RestMessage } from '../../../src/diagnostics/measurements.ts'

await t.test('journal: keeps an id of a request only if it is one', async t => {
  const rest: RestMessage = {
    application: undefined,
    memberId: 'm',
    userId: 1,
    method: 'a',
    commands: [],
    seconds: 0.0123,
    status: 200,
    refusal: undefined,
    refusedCommand: undefined,
    sent: 1,
    received: 2
  }
  for (const [requestId, kept] of [['req-1', 'req-1'], ['a b', ''], ['x'.repeat(65), ''], [undefined, '']]) {
    t.equal(restEntry(rest, requestId, 1000).requestId, kept)
  }
  t.match(restEntry(rest, '', 1000), { at: 988, ms: 12 })
  const commands = Array.from({ length: 50 }, (_, index) => ({ method: `m${index}`, params: {} }))
  t.equal(restEntry({ ...rest, method: 'batch', commands }, '', 1000).methods.at(-1), 'm49', 'each can be searched for')
  const event: EventMessage = {
    application: {},
    memberId: 'm',
    userId: 1,
    event: 'ONAPPUPDATE',
    fields: ['event'],
    seconds: 0,
    received: 9,
    refusal: { status: 429, code: 'B24_ERR_TOO_MANY_INSTALLATIONS' }
  }
  t.match(eventEntry(event, '', 1000), { status: 429, code: 'B24_ERR_TOO_MANY_INSTALLATIONS', methods: [] })
})
