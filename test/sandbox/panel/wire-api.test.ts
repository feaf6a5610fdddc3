import t from 'tap'
import type { NewWireEntry } from '../../../sandbox/wire.ts'
import { until } from '../../until.ts'
import { ask, sandboxFor } from '../helper.ts'

const call: NewWireEntry = {
  from: 'portal',
  to: 'application',
  method: 'POST',
  path: '/placement',
  name: 'DEFAULT',
  fields: { AUTH_ID: 'a'.repeat(70) }
}

await t.test('wire api: lists the messages', async t => {
  const { url, wire } = await sandboxFor(t)
  const { at } = wire.record(call)
  t.strictSame(await ask(`${url}/sandbox/api/wire`),
    { status: 200, body: { entries: [{ id: 1, at, ...call, fields: { AUTH_ID: 'aaaa…' } }] } })
})

await t.test('wire api: streams what was, what is new and what changes', async t => {
  const { url, wire } = await sandboxFor(t)
  const entry = wire.record(call)
  const leave = new AbortController()
  const response = await fetch(`${url}/sandbox/api/wire/events`, { signal: leave.signal })
  t.match(response.headers.get('content-type'), 'text/event-stream')
  t.equal(response.headers.get('cache-control'), 'no-store')
  let text = ''
  const reading = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      if (text.includes('"status":204')) return
    }
  })()
  await until(() => text.includes('"id":1'))
  wire.complete(entry, { status: 204 })
  await reading
  t.equal(/^event: run\ndata: (.+)$/m.exec(text)?.[1], wire.run, 'which run it is comes first')
  const entries = text.split('\n\n').filter(event => event.startsWith('event: entry\ndata: ')).map(event =>
    JSON.parse(event.slice('event: entry\ndata: '.length)))
  t.match(entries, [{ id: 1, name: 'DEFAULT', troubles: ['authorizationServer'] }, { id: 1, status: 204 }])
  t.equal(entries.length, 2)
  leave.abort()
})

await t.test("wire api: an open stream does not hold up the sandbox's end", async t => {
  const { url, close } = await sandboxFor(t)
  const response = await fetch(`${url}/sandbox/api/wire/events`)
  const rest = response.text().then(() => 'ended', () => 'ended')
  await close()
  t.equal(await rest, 'ended')
})

await t.test('wire api: the stream has no HEAD, which would wait for its end', async t => {
  const { url } = await sandboxFor(t)
  t.equal((await fetch(`${url}/sandbox/api/wire/events`, { method: 'HEAD' })).status, 404)
})
