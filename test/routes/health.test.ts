import t from 'tap'
import { startService } from '../service.ts'

await t.test('ready: answers 503 once the shutdown has begun, health still 200', async t => {
  const shutdown = new AbortController()
  const { url } = await startService(t, { app: { shutdown: shutdown.signal } })
  const ask = async (path: string) => {
    const answer = await fetch(new URL(path, url))
    return [answer.status, await answer.json()]
  }
  t.strictSame(await ask('/ready'), [200, { status: 'ok' }])
  shutdown.abort()
  t.strictSame(await ask('/ready'), [503, { status: 'shutting down' }])
  t.strictSame(await ask('/health'), [200, { status: 'ok' }])
})

await t.test('health: answers 200 and is not logged, as is ready', async t => {
  const { url, fastify, lines } = await startService(t)
  for (const path of ['/health', '/ready']) {
    const answer = await fetch(new URL(path, url))
    t.equal(answer.status, 200)
    t.strictSame(await answer.json(), { status: 'ok' })
  }
  t.strictSame(lines().filter(({ route }) => route === '/health'), [], 'probes do not fill the log')
  t.equal(fastify.hasRoute({ method: 'POST', url: '/health' }), false)
})

await t.test('ready: answers 503 when the store is closed, and calls get a page', async t => {
  const service = await startService(t)
  await service.install()
  await service.store.close()
  const answer = await fetch(new URL('/ready', service.url))
  t.equal(answer.status, 503)
  t.equal(answer.headers.get('retry-after'), '30')
  t.match(await answer.json(), { error: 'B24_ERR_STORE_UNAVAILABLE' })
  const call = await service.call(service.sandbox.portals.alpha.placementCall('REST_APP_URI'))
  t.equal(call.status, 503)
  t.match(call.text, 'B24_ERR_STORE_UNAVAILABLE')
  t.match(call.text, '<h1>The application is not available</h1>', 'the page blames nobody')
  const event = await service.post('/events', service.sandbox.portals.alpha.event('ONAPPUNINSTALL').body)
  t.equal(event.status, 200, 'Bitrix24 sends it once, so it is kept until the store is back')
  t.equal(service.fastify.lifecycleEvents.pending(), 1)
})

await t.test('ready: asks the store once for many requests at a time', async t => {
  let asked = 0
  const { url } = await startService(t, {
    store: ({ ping }) => ({
      async ping () {
        asked++
        await ping()
      }
    })
  })
  const askReady = async () => (await fetch(new URL('/ready', url))).status
  const statuses = await Promise.all(Array.from({ length: 50 }, askReady))
  t.strictSame([...new Set(statuses)], [200])
  t.ok(asked < 50 / 5, `asked ${asked} times`)
})

await t.test('ready: answers 503 when the store does not answer', async t => {
  const { url } = await startService(t, { store: () => ({ ping: () => new Promise(() => {}) }) })
  const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(new URL('/ready', url))))
  for (const answer of answers) {
    t.equal(answer.status, 503)
    t.match(await answer.json(), { error: 'B24_ERR_STORE_UNAVAILABLE' })
  }
})
