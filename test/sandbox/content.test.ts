import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Content } from '../../sandbox/content.ts'

await t.test('content: each portal numbers and keeps its own entries', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'content-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'content.db')
  const before = new Content(file)
  const alpha = before.of('Alpha')
  t.strictSame(alpha.list('post'), [])
  t.match(alpha.add({ kind: 'post', authorId: 1, text: 'a' }), { id: 1, parent: '', title: '', fields: {}, at: Number })
  const deal = alpha.add({ kind: 'deal', id: 8061, authorId: 2, title: 'old', fields: { STAGE_ID: 'NEW' }, at: 5 })
  alpha.add({ kind: 'message', parent: 'chat2', authorId: 2 })
  alpha.update({ ...deal, title: 'new' })
  t.strictSame(before.of('Beta').list('deal'), [])
  before.close()
  const after = new Content(file)
  t.after(() => after.close())
  t.strictSame(after.of('Alpha').find('deal', 8061),
    { id: 8061, kind: 'deal', parent: '', authorId: 2, title: 'new', text: '', at: 5, fields: { STAGE_ID: 'NEW' } })
  t.equal(after.of('Alpha').find('deal', 1), undefined)
  t.strictSame([after.of('Alpha').list('message', 'chat2').length,
    after.of('Alpha').list('message', 'chat3').length], [1, 0])
})

await t.test('content: a kind without entries shows examples at the first look', async t => {
  const content = new Content(':memory:')
  t.after(() => content.close())
  const alpha = content.of('Alpha', () => [
    { kind: 'post', authorId: 1, text: 'example' },
    { kind: 'comment', parent: '1', authorId: 1 },
    { kind: 'deal', id: 8061, authorId: 1 }
  ])
  alpha.add({ kind: 'post', authorId: 1, text: 'ours' })
  t.match(alpha.list('post'), [{ text: 'example' }, { text: 'ours' }])
  t.match(alpha.list('comment'), [{ parent: '1' }])
  t.ok(alpha.find('deal', 8061))
  t.equal(alpha.list('deal').length, 1, 'once')
})

await t.test('content: what was written before keeps the examples away', async t => {
  const content = new Content(':memory:')
  t.after(() => content.close())
  content.of('Alpha').add({ kind: 'post', authorId: 1, text: 'ours' })
  const again = content.of('Alpha', () =>
    [{ kind: 'post', authorId: 1, text: 'example' }, { kind: 'comment', parent: '1', authorId: 1 }])
  t.strictSame([again.list('comment'), again.list('post').map(({ text }) => text)], [[], ['ours']])
})

await t.test('content: what is removed is gone', async t => {
  const content = new Content(':memory:')
  t.after(() => content.close())
  const alpha = content.of('Alpha')
  const [gone] = [1, 2].map(() => alpha.add({ kind: 'item', authorId: 1 }))
  if (gone) alpha.remove(gone)
  t.strictSame(alpha.list('item').map(({ id }) => id), [2])
})
