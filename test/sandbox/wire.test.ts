import t from 'tap'
import { Wire } from '../../sandbox/wire.ts'
import type { NewWireEntry, WireEntry } from '../../sandbox/wire.ts'

const call: NewWireEntry = { from: 'portal', to: 'application', method: 'POST', path: '/placement' }

await t.test('wire: an entry gets a number and a time, and is completed later', async t => {
  const wire = new Wire()
  const before = Date.now()
  const entry = wire.record({ ...call, name: 'DEFAULT', fields: { member_id: 'm' } })
  t.strictSame(entry, { id: 1, at: entry.at, ...call, name: 'DEFAULT', fields: { member_id: 'm' } })
  t.ok(entry.at >= before && entry.at <= Date.now())
  wire.complete(entry, { status: 200, ms: 12 })
  t.match(wire.entries, [{ id: 1, status: 200, ms: 12 }])
  t.strictSame(wire.record(call).fields, {})
})

await t.test('wire: subscribers hear of what is new and changes, until they leave', async t => {
  const wire = new Wire()
  const heard: Array<[number, number | undefined]> = []
  const leave = wire.subscribe(({ id, status }: WireEntry) => heard.push([id, status]))
  const entry = wire.record(call)
  wire.complete(entry, { status: 403 })
  leave()
  wire.record(call)
  t.strictSame(heard, [[1, undefined], [1, 403]])
})

await t.test('wire: a message of the portal is kept whole beside its entry', async t => {
  const wire = new Wire()
  const sent = { url: 'http://127.0.0.1:9/placement?APP_SID=secret', body: { AUTH_ID: 'secret' } }
  const { id } = wire.record({ ...call, sent })
  t.strictSame(wire.sent(id), sent)
  t.equal(wire.sent(id + 1), undefined)
  t.notMatch(JSON.stringify(wire.entries), /secret/)
})

await t.test('wire: goes on counting after it was emptied', async t => {
  const wire = new Wire()
  const { id } = wire.record({ ...call, sent: { url: 'http://127.0.0.1:9/' } })
  wire.clear()
  t.strictSame([wire.entries, wire.sent(id)], [[], undefined])
  t.equal(wire.record(call).id, id + 1)
})

await t.test('wire: the newest thousand messages are kept', async t => {
  const wire = new Wire()
  for (let count = 0; count < 1001; count++) wire.record({ ...call, sent: { url: 'http://127.0.0.1:9/' } })
  t.strictSame([wire.entries.length, wire.entries[0]?.id, wire.entries.at(-1)?.id], [1000, 2, 1001])
  t.equal(wire.sent(1), undefined)
  t.ok(wire.sent(2))
})

await t.test('wire: no token and no hidden value stands in an entry', async t => {
  const wire = new Wire()
  const token = 'a1'.repeat(35)
  wire.hide('opensesame')
  const entry = wire.record({
    ...call,
    path: `/rest/1/${token}/opensesame`,
    name: token,
    memberId: token,
    fields: { any: token, note: 'opensesame' }
  })
  wire.complete(entry, { outcome: `${token} opensesame` })
  t.match(entry, {
    path: '/rest/1/a1a1…/open…',
    name: 'a1a1…',
    memberId: 'a1a1…',
    fields: { any: 'a1a1…', note: 'open…' },
    outcome: 'a1a1… open…'
  })
  wire.complete(entry, { name: token })
  t.notMatch(JSON.stringify(entry), new RegExp(`${token}|opensesame`))
  t.equal(wire.readable(`token ${token}`), 'token a1a1…')
})

await t.test('wire: each wire has a run of its own', async t => {
  t.not(new Wire().run, new Wire().run)
})
