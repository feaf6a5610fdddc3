import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { streamPage, type Render } from '../../../plugins/frontend/render.ts'
import type { PageData } from '../../../client/page-data.ts'
import { until } from '../../until.ts'

const data = { locale: 'de' } as PageData
const errors: unknown[] = []

/** The whole page. */
const rendered = (render: Render, before = '<div id="app">', timeout = 10_000) => text(streamPage({
  before, after: '</div>', render, data, nonce: 'n0', timeout, onError: error => errors.push(error)
}))

await t.test('streamPage: takes text and streams of all kinds', async t => {
  const chunks = ['<b>', 'Grüße', '</b>']
  const rows: Render[] = [
    () => chunks.join(''),
    async () => chunks.join(''),
    () => Readable.from(chunks),
    () => new Blob(chunks).stream(),
    () => ({ pipe: to => Readable.from(chunks).pipe(to) })
  ]
  for (const render of rows) t.equal(await rendered(render), '<div id="app"><b>Grüße</b></div>')
  t.equal(await rendered((page, { nonce }) => `${page.locale} ${nonce}`), '<div id="app">de n0</div>')
  t.strictSame(errors, [])
})

await t.test('streamPage: ends the page when rendering fails', async t => {
  const failing: Render[] = [
    () => { throw new Error('1') },
    async () => { throw new Error('2') },
    async function * () { yield '<b>'; throw new Error('3') }
  ]
  const pages: string[] = []
  for (const render of failing) pages.push(await rendered(render))
  t.strictSame(pages, ['<div id="app"></div>', '<div id="app"></div>', '<div id="app"><b></div>'])
  t.match(await rendered(() => 'text', ''), /^<\/div>$/)
  t.strictSame(errors.map(error => (error as Error).message), ['1', '2', '3', 'it has no <div id="app">'])
})

await t.test('streamPage: leaves what takes too long to the browser', async t => {
  errors.length = 0
  let isClosed = false
  const endless: Render[] = [
    () => new Promise(() => {}),
    async function * () {
      yield '<b>'
      await new Promise(() => {})
    },
    () => ({
      pipe: to => {
        to.on('close', () => { isClosed = true })
        to.write('<b>')
        return to
      }
    })
  ]
  const pages: string[] = []
  for (const render of endless) pages.push(await rendered(render, '<p>', 50))
  t.strictSame(pages, ['<p></div>', '<p><b></div>', '<p><b></div>'])
  for (const error of errors) t.match(error, { message: 'it takes longer than 50 ms' })
  t.equal(errors.length, 3)
  t.ok(isClosed, 'a stream is told that nobody reads it')
})

await t.test('streamPage: gives all of a page to whoever reads slower than it is rendered', async t => {
  errors.length = 0
  async function * rows () { for (let row = 0; row < 100; row++) yield `<p>${'x'.repeat(1000)}</p>` }
  for (const render of [rows, () => 'x'.repeat(100_000)] satisfies Render[]) {
    const page = streamPage({
      before: '<b>', after: '</b>', render, data, nonce: '', timeout: 200, onError: error => errors.push(error)
    })
    let read = ''
    for await (const chunk of page) {
      // Longer than the rendering may take, while most of it is still to come.
      if (read === '<b>') await wait(300)
      read += String(chunk)
    }
    t.ok(read.length > 100_000)
    t.ok(read.endsWith('</b>'))
  }
  t.strictSame(errors, [])
})

await t.test('streamPage: ends a stream that comes too late, or is too slow', async t => {
  errors.length = 0
  const ended: string[] = []
  const web = () => new ReadableStream<string>({
    pull: () => new Promise(() => {}),
    cancel () { ended.push('web') }
  })
  const node = () => new Readable({
    read () {},
    destroy (_error, done) {
      ended.push('node')
      done(new Error('it cannot end'))
    }
  })
  const { promise: isLate, resolve } = Promise.withResolvers<undefined>()
  for (const open of [web, node]) {
    t.equal(await rendered(open, '<p>', 50), '<p></div>')
    t.equal(await rendered(async () => { await isLate; return open() }, '<p>', 50), '<p></div>')
  }
  t.equal(await rendered(async () => { await isLate; throw new Error('late') }, '<p>', 50), '<p></div>')
  resolve(undefined)
  await until(() => ended.length === 4)
  t.strictSame(ended.sort(), ['node', 'node', 'web', 'web'])
  t.strictSame(errors.map(error => (error as Error).message), Array(5).fill('it takes longer than 50 ms'))
})
