import { once } from 'node:events'
import { request } from 'node:http'
import t from 'tap'
import { startDev, type Dev } from '../my-app.ts'
import { copyProject } from '../plugins/frontend/project.ts'
import { until } from '../until.ts'

const tab = 'placements/CRM_DEAL_DETAIL_TAB.js'

/** Opens the web socket of the hot reload, as Vite's client does. */
async function openSocket ({ service }: Dev) {
  const headers = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    'sec-websocket-protocol': 'vite-hmr'
  }
  const asked = request(`${service}/ui/`, { headers, agent: false }).end()
  const [response, socket, first] = await once(asked, 'upgrade')
  let received = String(first)
  socket.on('data', (chunk: Buffer) => { received += String(chunk) })
  return { status: response.statusCode, socket, received: () => received }
}

await t.test('dev: tells the page what changed in its front end, and goes on', async t => {
  const project = copyProject(t)
  const dev = await startDev(t, project.root)
  t.match(await dev.openTab(), { status: 200, html: /\/ui\/@vite\/client/ })
  await (await fetch(`${dev.service}/ui/application/frontend/order/Order.vue`)).text()
  const { status, socket, received } = await openSocket(dev)
  t.equal(status, 101)
  await until(() => received().includes('"connected"'))
  project.edit('frontend/order/Order.vue', 'Order of', 'Edited: order of')
  await until(() => received().includes('"update"'))
  t.match(received(), '/application/frontend/order/Order.vue')
  t.match((await dev.openTab()).html, 'Edited: order of deal 8061')
  t.notMatch(dev.printed(), 'Loaded')

  project.edit('frontend/order.html', 'Order', 'Edited')
  await until(() => received().includes('{"type":"full-reload","path":"*"'))
  t.match((await dev.openTab()).html, '<title>Edited</title>')

  const ended = once(socket, 'close')
  project.edit(tab, 'deal: options', 'deal: { ID: 1 }')
  await dev.says(`Loaded ${tab}`)
  t.match((await dev.openTab()).html, 'Edited: order of deal 1')
  await ended
  t.equal((await openSocket(dev)).status, 101)
  t.equal(await dev.stop(), 0)
})

await t.test('dev: refuses web sockets while no service runs', async t => {
  const project = copyProject(t)
  project.edit(tab, 'export default', 'const const')
  const dev = await startDev(t, project.root, { until: 'starts once that is fixed' })
  await t.rejects(openSocket(dev), { code: 'ECONNRESET' })
})
