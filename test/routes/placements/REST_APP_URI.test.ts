import t from 'tap'
import { startService } from '../../service.ts'

await t.test('REST_APP_URI: shows what the link carried, one line a value', async t => {
  const { install, call, sandbox: { portals: { alpha } } } = await startService(t)
  await install()
  const params = {
    docId: '42', n: 42, f: 1.5, on: true, nothing: null, filter: { status: ['a', { b: '' }] }, empty: []
  }
  const { text } = await call(alpha.placementCall('REST_APP_URI', { params }))
  const lines = text.matchAll(/<th scope="row"><code dir="ltr">(.*?)<[^]*?<bdi>(.*?)<\/bdi>/g)
  t.strictSame([...lines].map(([, ...line]) => line), [
    ['docId', '42'],
    ['n', '42'],
    ['f', '1.5'],
    ['on', 'true'],
    ['nothing', 'null'],
    ['filter.status.0', 'a'],
    ['filter.status.1.b', '']
  ])
  const { text: start } = await call(alpha.placementCall('REST_APP_URI'))
  t.match(start, 'Share the application', 'a link that carries nothing opens the home')
  t.notMatch(start, 'params%5B', 'which hands out no parameters')
})

await t.test('REST_APP_URI: shows some of many values, and shortens names', async t => {
  const { install, post, sandbox: { portals: { alpha } } } = await startService(t)
  await install()
  const { query, body } = alpha.placementCall('REST_APP_URI')
  // As a form can carry it: written out, a hundred megabytes of names.
  const options = `{"${'k'.repeat(60_000)}":[${Array.from({ length: 2000 }, () => 1).join()}]}`
  const form = `${new URLSearchParams({ ...body, PLACEMENT_OPTIONS: '' })}${options}`
  const { status, text } = await post(`/placement?${new URLSearchParams(query)}`, form)
  t.equal(status, 200)
  t.equal(text.match(/<th scope="row">/g)?.length, 100)
  t.match(text, `<code dir="ltr">${'k'.repeat(200)}…</code>`)
  t.match(text, '<td colspan="2">…</td>')
  t.ok(text.length < 100_000)
})
