import t from 'tap'
import { sandboxFor } from '../helper.ts'
import { get, write } from './writing-scene.ts'

await t.test('writing: what is written appears, written by whoever looks', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const path of ['/stream/', '/tasks/']) await get(alpha, path)
  const rows: Array<[path: string, form: Record<string, string>, shown: RegExp]> = [
    ['/stream/?user=2', { text: 'A new <post>' }, /A new &#60;post&#62;/],
    ['/stream/?user=3', { text: 'A comment', parent: '3' }, /A comment/],
    ['/stream/?user=4', { text: 'Another comment', parent: '3.0' }, /Another comment/],
    ['/messenger/?dialog=3&user=2', { text: 'Hello\r\nSofia' }, /Hello<br>Sofia/],
    ['/tasks/?user=2', { title: 'A title', text: '' }, /A title/],
    ['/tasks/?user=2', { text: 'A task without a title' }, /A task without a title/],
    ['/tasks/task/view/31/?user=4&IFRAME=Y', { text: 'Paid' }, /Omar Haddad<\/b>[^P]*Paid/],
    ['/calendar/', { title: 'Lunch', text: '', from: '2026-08-04T12:00', to: '2026-08-04T13:00' },
      /2026-08-04 12:00 to 13:00, by Anna Berger/],
    ['/crm/deal/', { title: 'Chairs', text: '' }, /Chairs<\/a> <span class="when"><bdi>New<\/bdi> · <bdi>€0.00</],
    ['/crm/deal/', { text: 'Tables for a hall' }, /Tables for a hall<\/a>/],
    ['/calendar/', { text: 'Some time' }, /Some time<\/a> <span class="when">no time given, by Anna Berger/]
  ]
  for (const [path, form, shown] of rows) {
    t.match(await write(alpha, path, form, { origin: alpha.url }), { status: 303, location: path }, path)
    t.match((await get(alpha, path)).text, shown, path)
  }
})

await t.test('writing: what cannot be kept is refused with a reason', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[path: string, form: Record<string, string>, status: number, text: RegExp, origin?: string]> = [
    ['/stream/', { text: 'x' }, 403, /<h1 id="pagetitle">Access denied[^]*Another site/, 'https://evil.example'],
    ['/stream/', { text: ' ' }, 400, /The text is empty/],
    ['/stream/', {}, 400, /The text is empty/],
    ['/stream/', { text: 'x'.repeat(5001) }, 400, /The text has 5001 characters/],
    ['/tasks/', { title: 'x'.repeat(201) }, 400, /The title has 201 characters/],
    ['/stream/', { text: 'x', parent: '99' }, 404, /does not exist/],
    ['/messenger/?dialog=nonsense', { text: 'x' }, 404, /does not exist/],
    ['/tasks/task/view/99/', { text: 'x' }, 404, /does not exist/]
  ]
  for (const [path, form, status, text, origin] of rows) {
    t.match(await write(alpha, path, form, origin === undefined ? {} : { origin }), { status, text }, String(text))
  }
  t.equal(alpha.content.list('post').length, 3, 'the examples only')
})
