import t from 'tap'
import { fakeApplication } from '../fake-application.ts'
import { sandboxFor } from '../helper.ts'

await t.test('writing: what is written on a page is told to the application', async t => {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha }, wire } = await sandboxFor(t, { appUrl: url })
  alpha.installed = true
  const rows: Array<[path: string, event: string, key: string]> = [
    ['/tasks/', 'ONTASKADD', 'data[FIELDS_AFTER][ID]'],
    ['/tasks/task/view/31/', 'ONTASKCOMMENTADD', 'data[FIELDS_AFTER][TASK_ID]'],
    ['/crm/deal/', 'ONCRMDEALADD', 'data[FIELDS][ID]'],
    ['/calendar/', 'ONCALENDARENTRYADD', 'data[id]']
  ]
  alpha.events = rows.map(([, event]) => ({ event, handler: `${url}/events`, authType: 0 }))
  const told = new Promise<void>(resolve => wire.subscribe(() => {
    if (wire.entries.filter(({ status }) => status).length === rows.length) resolve()
  }))
  for (const path of ['/stream/', ...rows.map(([path]) => path)]) {
    await fetch(alpha.url + path, { method: 'POST', body: new URLSearchParams({ text: 'New' }), redirect: 'manual' })
  }
  await told
  t.strictSame(received.map(({ body }) => body.event).sort(), rows.map(([, event]) => event).sort())
  for (const [, event, key] of rows) {
    t.match(received.find(({ body }) => body.event === event)?.body[key], /^\d+$/, event)
  }
})
