import t from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import { pageText, resultOf, sandboxFor } from '../helper.ts'

const textOf = async (portal: Portal, path: string) => pageText(await fetch(portal.url + path))

async function bind (portal: Portal, ...placements: string[]): Promise<void> {
  for (const PLACEMENT of placements) {
    await resultOf(portal, 'placement.bind',
      { PLACEMENT, HANDLER: 'http://127.0.0.1:9/placement', TITLE: `Ours: ${PLACEMENT}` })
  }
}

const part = (html: string, from: string, to: string): string =>
  html.slice(html.indexOf(from), html.indexOf(to, html.indexOf(from)))
const COMMENT = /The labels are printed/
const FRAME = /<iframe [^>]*name=/

await t.test('entry pages: a tab of a deal opens the application with its number', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await bind(alpha, 'CRM_DEAL_DETAIL_TAB')
  t.notMatch(await textOf(alpha, '/crm/deal/details/8061/'), /Ours|class="tabs/, 'not before it is installed')
  alpha.installed = true
  t.notMatch(await textOf(alpha, '/tasks/task/view/31/'), /class="tabs/, 'a task without a widget has no tab')
  t.match(await textOf(alpha, '/crm/deal/details/8061/'), /tab=1">Ours/)
  t.match(await textOf(alpha, '/crm/deal/details/8061/?tab=1'), /value="\{&quot;ID&quot;:&quot;8061&quot;/)
})

await t.test("entry pages: a tab has a title in the viewer's language, or its code", async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const handler = { PLACEMENT: 'CRM_DEAL_DETAIL_TAB', HANDLER: 'http://127.0.0.1:9/placement' }
  await resultOf(alpha, 'placement.bind', { ...handler, LANG_ALL: { de: { TITLE: 'Lieferung' } } })
  alpha.installed = true
  t.match(await textOf(alpha, '/crm/deal/details/8061/?lang=de'), /tab=1">Lieferung/)
  alpha.placements = alpha.placements.map(row => ({ ...row, langAll: {}, title: '' }))
  t.match(await textOf(alpha, '/crm/deal/details/8061/?lang=en'), /tab=1">CRM_DEAL_DETAIL_TAB/)
})

await t.test('entry pages: a task shows the application where the placement says', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await bind(alpha, 'TASK_VIEW_TAB', 'TASK_VIEW_SIDEBAR', 'TASK_VIEW_TOP_PANEL')
  alpha.installed = true
  const task = '/tasks/task/view/31/'

  const closed = await textOf(alpha, task)
  t.notMatch(closed, FRAME, 'nothing is opened unasked')
  t.match(part(closed, '<nav class="tabs card"', '</nav>'), /TASK_VIEW_TAB/)
  t.notMatch(part(closed, '<nav class="tabs card"', '</nav>'), /TASK_VIEW_(SIDEBAR|TOP_PANEL)/)
  t.match(part(closed, 'id="top-panel"', '</section>'), /tab=3#top-panel">Ours: TASK_VIEW_TOP_PANEL/)
  t.match(part(closed, '<aside>', '</aside>'), /tab=2#sidebar">Ours: TASK_VIEW_SIDEBAR/)

  const tab = await textOf(alpha, `${task}?tab=1&IFRAME=Y`)
  t.match(tab, /value="\{&quot;taskId&quot;:&quot;31&quot;/)
  t.notMatch(tab, COMMENT, 'a tab takes the place of the task')
  const sidebar = await textOf(alpha, `${task}?tab=2`)
  t.match(part(sidebar, '<aside>', '</aside>'), FRAME)
  t.match(sidebar, COMMENT, 'the task stays beside it')
  t.match(part(sidebar, '<aside>', '</aside>'), /user=1#sidebar" aria-current="true"/, 'another click closes it')
  const top = await textOf(alpha, `${task}?tab=3`)
  t.match(part(top, 'id="top-panel"', '</section>'), FRAME)
  t.match(top, COMMENT, 'the task stays below it')
})

await t.test('entry pages: a deal is shown without what its reader may not use', async t => {
  const { portals: { alpha }, trouble } = await sandboxFor(t)
  await bind(alpha, 'CRM_DEAL_DETAIL_TAB')
  alpha.installed = true
  trouble.access = 'denied'
  t.notMatch(await textOf(alpha, '/crm/deal/details/8061/?tab=1&user=2'), /Ours/)
  t.match(await textOf(alpha, '/crm/deal/details/8061/?tab=1&user=1'), /Ours/)
})
