import { join } from 'node:path'
import t from 'tap'
import { entriesOf, findEntry } from '../../../plugins/frontend/entries.ts'

await t.test('entriesOf: finds the pages and scripts directly in the folder', async t => {
  const folder = t.testdir({
    'order.html': '<p>order</p>',
    'order.ts': '',
    'order.server.ts': '',
    'board.jsx': '',
    'board.server.jsx': '',
    'deal-tab.tsx': '',
    'plain.js': '',
    'order.test.ts': '',
    'vite.d.ts': '',
    'App.vue': '',
    'style.css': '',
    '_shared.ts': '',
    parts: { 'more.ts': '' }
  })
  const entries = entriesOf(folder)
  t.strictSame(entries.map(({ name }) => name), ['board', 'deal-tab', 'order', 'plain'])
  t.strictSame(entries.map(({ server }) => server),
    [join(folder, 'board.server.jsx'), undefined, join(folder, 'order.server.ts'), undefined])
  t.equal(findEntry(folder, 'order').html, '<p>order</p>')
  t.match(findEntry(folder, 'board').html, '<div id="app"></div>\n<script type="module" src="./board.jsx"></script>')
})

await t.test('findEntry: names the entries that there are', async t => {
  const folder = t.testdir({ 'order.ts': '', 'board.ts': '' })
  t.throws(() => findEntry(folder, 'Order'),
    { code: 'B24_ERR_FRONTEND_ENTRY', message: 'The front end has no entry Order: there are board, order' })
  t.throws(() => findEntry(t.testdir({}), 'order'), { message: 'The front end has no entry order: there is none' })
})
