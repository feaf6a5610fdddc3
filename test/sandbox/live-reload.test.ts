import t from 'tap'
import { until } from '../until.ts'
import { sandboxFor } from './helper.ts'

await t.test('live reload: tells open pages that the application runs anew', async t => {
  const bitrix24 = await sandboxFor(t, { liveReload: true })
  const page = await (await fetch(`${bitrix24.url}/stream/`)).text()
  t.match(page, '/sandbox/assets/reload.js')
  const response = await fetch(`${bitrix24.url}/sandbox/api/reload`)
  t.match(response.headers.get('content-type'), 'text/event-stream')
  let text = ''
  const reading = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk
  })().catch(() => {})
  await until(() => text.includes(`event: run\ndata: ${bitrix24.wire.run}\n`))
  t.notMatch(text, 'event: reload')
  bitrix24.reload()
  await until(() => text.includes('event: reload'))
  await bitrix24.close()
  await reading
})

await t.test('live reload: pages ask for nothing without the option', async t => {
  const bitrix24 = await sandboxFor(t)
  t.notMatch(await (await fetch(`${bitrix24.url}/stream/`)).text(), 'reload.js')
  t.equal((await fetch(`${bitrix24.url}/sandbox/api/reload`)).status, 404)
  bitrix24.reload()
})
