import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { codeOf, startService } from '../../service.ts'

const title = { en: 'Deals' }

function declare (fastify: FastifyInstance): void {
  for (const name of ['notes', 'stock']) {
    const settings = { name, title: { en: name, de: `${name} auf Deutsch` }, groupName: 'Ours' }
    fastify.placement('CRM_DEAL_DETAIL_TAB', settings, async () => ({ name }))
  }
  fastify.placement('CRM_DEAL_DETAIL_TAB', { title }, async () => ({ name: null }))
  fastify.placement('PAGE_BACKGROUND_WORKER', { name: 'ann', userId: 2 }, async () => ({ worker: 'ann' }))
  fastify.placement('PAGE_BACKGROUND_WORKER', async () => ({ worker: 'all' }))
}

await t.test('named handlers: are bound, called, listed and unbound', async t => {
  const { url, install, call, store, lines, fastify, sandbox: { portals: { alpha } } } =
    await startService(t, { prepare: declare })
  await install()
  const rowsOf = (code: string) => alpha.placements.filter(({ placement }) => placement === code)
  const tabs = rowsOf('CRM_DEAL_DETAIL_TAB')
  const query = ['?handler=notes', '?handler=stock', '']
  t.strictSame(tabs.map(({ handler }) => handler), query.map(query => `${url}/placement${query}`))
  t.match(tabs[0]?.langAll, {
    en: { TITLE: 'notes', GROUP_NAME: 'Ours' }, de: { TITLE: 'notes auf Deutsch' }
  })
  const workers = rowsOf('PAGE_BACKGROUND_WORKER')
  t.match(workers, [
    { handler: `${url}/placement?handler=ann`, userId: 2 }, { handler: `${url}/placement`, userId: 0 }
  ])

  for (const [index, name] of ['notes', 'stock', null].entries()) {
    const answer = await call(alpha.placementCall('CRM_DEAL_DETAIL_TAB', { handler: String(tabs[index]?.handler) }))
    t.strictSame(JSON.parse(answer.text), { name })
  }
  t.match(lines().findLast(({ msg }) => msg === 'call'), { placement: 'CRM_DEAL_DETAIL_TAB' })
  t.ok(lines().some(({ placement }) => placement === 'CRM_DEAL_DETAIL_TAB:stock'))
  // The address is a text that a user can edit.
  for (const [handler, status] of [['other', 404], ['ann', 404], ['', 404], ['x'.repeat(33), 400]] as const) {
    const call404 = alpha.placementCall('CRM_DEAL_DETAIL_TAB', { handler: `${url}/placement?handler=${handler}` })
    t.equal((await call(call404)).status, status, handler)
  }
  const twice = alpha.placementCall('CRM_DEAL_DETAIL_TAB', { handler: `${url}/placement?handler=notes&handler=stock` })
  t.equal(codeOf(await call(twice)), 'B24_ERR_FIELD_REPEATED')

  const { text } = await call(alpha.placementCall('DEFAULT'))
  for (const key of ['CRM_DEAL_DETAIL_TAB:notes', 'CRM_DEAL_DETAIL_TAB:stock', 'PAGE_BACKGROUND_WORKER:ann']) {
    t.match(text, new RegExp(`${key.replaceAll('_', '_<wbr>')}</code>[^]*?badge-bound`), `the home lists ${key}`)
  }
  t.match((await store.get(alpha.memberId))?.bindings, { skipped: [] })

  // The portal has removed the worker of one user, and reports it.
  alpha.placements = alpha.placements.filter(({ userId }) => userId !== 2)
  const address = new URL(String(workers[0]?.options['errorHandlerUrl']))
  fastify.installations.takeWorkerError(Object.fromEntries(address.searchParams))
  await t.resolves(new Promise<void>(resolve => {
    const timer = setInterval(() => {
      if (rowsOf('PAGE_BACKGROUND_WORKER').length < 2) return
      clearInterval(timer)
      resolve()
    }, 5)
  }))
  t.match(rowsOf('PAGE_BACKGROUND_WORKER').find(({ userId }) => userId === 2), {
    handler: `${url}/placement?handler=ann`
  })
})

await t.test('named handlers: follow a new address, and go when undeclared', async t => {
  const { url, install, store, sandbox: { portals: { alpha } } } = await startService(t, {
    prepare: fastify => { fastify.placement('LEFT_MENU', { name: 'notes' }, async () => 'ok') }
  })
  await install()
  const before = 'https://old.example/placement'
  const report = await store.get(alpha.memberId)
  await store.recordBindings(alpha.memberId, before, { at: 1, bound: [], skipped: [] }, Number(report?.updatedAt))
  const row = { id: 90, userId: 0, options: {}, title: '', description: '', langAll: {} }
  alpha.placements = [
    { ...row, placement: 'LEFT_MENU', handler: `${before}?handler=notes` },
    { ...row, id: 91, placement: 'LEFT_MENU', handler: `${before}?handler=gone` },
    { ...row, id: 92, placement: 'CALL_CARD', handler: `${url}/placement?handler=gone` }
  ]
  await install()
  t.strictSame(alpha.placements.filter(({ placement }) => placement !== 'REST_APP_URI')
    .map(({ placement, handler }) => `${placement} ${handler}`), [`LEFT_MENU ${url}/placement?handler=notes`])
})
