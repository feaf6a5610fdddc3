import t from 'tap'
import { completeCall, isShown, parseLine } from '../../sandbox/service-log.ts'
import { Wire } from '../../sandbox/wire.ts'

await t.test('lines of the log are told from whatever else is printed', async t => {
  t.strictSame(parseLine('{"level":30,"msg":"call","status":200}'), { level: 30, msg: 'call', status: 200 })
  for (const text of ['', 'Debugger listening', '{', 'null', '1', '{"a":1}']) t.equal(parseLine(text), undefined, text)
})

await t.test('lines below the wanted level are not shown', async t => {
  const rows: Array<[level: string, shown: boolean[]]> = [
    ['trace', [true, true, true]], ['info', [true, true, true]], ['warn', [false, true, true]], ['error', [false, false, true]],
    ['silent', [false, false, false]], ['unknown', [false, true, true]]
  ]
  for (const [level, shown] of rows) t.strictSame([30, 40, 50].map(number => isShown({ level: number }, level)), shown, level)
  t.equal(isShown(undefined, 'silent'), true)
})

await t.test('the newest open call of the placement gets its status', async t => {
  const call = { from: 'portal', to: 'application', method: 'POST', path: '/placement' } as const
  const wire = new Wire()
  wire.record({ ...call, name: 'DEFAULT' })
  wire.record({ ...call, name: 'DEFAULT' })
  wire.record({ ...call, name: 'DEFAULT', status: 200 })
  wire.record({ ...call, name: 'IM_SIDEBAR' })
  wire.record({ ...call, from: 'application', to: 'portal', name: 'DEFAULT' })
  const statuses = () => wire.entries.map(({ status }) => status)

  completeCall(wire, { level: 30, msg: 'call', placement: 'DEFAULT', status: 403, outcome: 'B24_ERR_PORTAL_UNKNOWN' })
  t.strictSame(statuses(), [undefined, 403, 200, undefined, undefined])
  t.equal(wire.entries[1]?.outcome, 'B24_ERR_PORTAL_UNKNOWN')
  completeCall(wire, { level: 30, msg: 'call', placement: 'IM_SIDEBAR', status: 200 })
  const expected = [undefined, 403, 200, 200, undefined]
  t.strictSame(statuses(), expected)
  for (const line of [{ msg: 'call', placement: 'OTHER', status: 200 }, { msg: 'call', status: 200 }, { msg: 'call', placement: 'DEFAULT' }, { msg: 'ready', placement: 'DEFAULT', status: 200 }]) {
    completeCall(wire, { level: 30, ...line })
  }
  completeCall(wire, undefined)
  t.strictSame(statuses(), expected)
  completeCall(wire, { level: 30, msg: 'call', route: '/placement', status: 200 })
  t.strictSame(statuses(), [200, 403, 200, 200, undefined])
})
