import t from 'tap'
import { completeCall, isShown, parseLine } from '../../sandbox/service-log.ts'
import { Wire } from '../../sandbox/wire.ts'
import { memberHash } from '../../src/log/logger.ts'

await t.test('service log: lines of the log are told from whatever else is printed', async t => {
  t.strictSame(parseLine('{"level":30,"msg":"call","status":200}'), { level: 30, msg: 'call', status: 200 })
  for (const text of ['', 'Debugger listening', '{', 'null', '1', '{"a":1}']) t.equal(parseLine(text), undefined, text)
})

await t.test('service log: lines below the wanted level are not shown', async t => {
  const rows: Array<[level: string, shown: boolean[]]> = [
    ['trace', [true, true, true]],
    ['info', [true, true, true]], ['warn', [false, true, true]], ['error', [false, false, true]],
    ['silent', [false, false, false]], ['unknown', [false, true, true]]
  ]
  for (const [level, shown] of rows) {
    t.strictSame([30, 40, 50].map(number => isShown({ level: number }, level)), shown, level)
  }
  t.equal(isShown(undefined, 'silent'), true)
})

const call = { from: 'portal', to: 'application', method: 'POST', path: '/placement' } as const
const line = { level: 30, msg: 'call', placement: 'DEFAULT', status: 200 }

await t.test('service log: the oldest open call of the placement gets its status', async t => {
  const wire = new Wire()
  wire.record({ ...call, name: 'DEFAULT', status: 200 })
  wire.record({ ...call, name: 'DEFAULT', outcome: 'not reachable' })
  wire.record({ ...call, from: 'application', to: 'portal', name: 'DEFAULT' })
  wire.record({ ...call, name: 'DEFAULT' }).at -= 60_000
  wire.record({ ...call, name: 'DEFAULT' })
  wire.record({ ...call, name: 'DEFAULT' })
  wire.record({ ...call, name: 'IM_SIDEBAR' })
  const statuses = () => wire.entries.slice(1).map(({ status }) => status)

  completeCall(wire, { ...line, status: 403, outcome: 'B24_ERR_PORTAL_UNKNOWN' })
  t.match(wire.entries[4], { status: 403, outcome: 'B24_ERR_PORTAL_UNKNOWN' })
  completeCall(wire, { ...line, placement: 'IM_SIDEBAR' })
  const expected = [undefined, undefined, undefined, 403, undefined, 200]
  t.strictSame(statuses(), expected)
  for (const other of [{ ...line, placement: 'OTHER' }, { level: 30, msg: 'call', status: 200 },
    { level: 30, msg: 'call', placement: 'DEFAULT' }, { ...line, msg: 'ready' }, undefined]) {
    completeCall(wire, other)
  }
  t.strictSame(statuses(), expected)
  completeCall(wire, { level: 30, msg: 'call', route: '/placement', status: 200 })
  t.strictSame(statuses(), [undefined, undefined, undefined, 403, 200, 200])
})

await t.test('service log: a line with a portal is about a call of that portal', async t => {
  const wire = new Wire()
  for (const memberId of ['alpha', 'beta']) wire.record({ ...call, name: 'DEFAULT', memberId })
  wire.record({ ...call, name: 'DEFAULT' })
  completeCall(wire, { ...line, member: memberHash('beta') })
  completeCall(wire, { ...line, member: memberHash('gamma') })
  t.strictSame(wire.entries.map(({ status }) => status), [undefined, 200, undefined])
})
