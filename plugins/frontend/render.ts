import { PassThrough, Readable, type Writable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import type { PageData } from '../../client/page-data.ts'
import { withDeadline } from '../../src/queues/deadline.ts'

/** What `render` may give: HTML, a stream of it, or what React's `renderToPipeableStream` gives. */
type Rendered = string | AsyncIterable<string | Uint8Array> | { pipe: (to: Writable) => unknown }

/** What a page is rendered with, besides its data. */
interface RenderOptions {
  /** For what is streamed with scripts or styles of its own: React's option `nonce` */
  nonce: string
}

/** What `frontend/<entry>.server.ts` exports: the HTML of the page, which goes into `<div id="app">`. */
export type Render = (page: PageData, options: RenderOptions) => Rendered | Promise<Rendered>

/** One kind of stream for all of them, as it can be ended at any time. */
function sourceOf (rendered: Rendered): Readable {
  if (typeof rendered === 'string') return Readable.from([rendered])
  if (rendered instanceof Readable) return rendered
  if (rendered instanceof ReadableStream) return Readable.fromWeb(rendered, { objectMode: true })
  return Symbol.asyncIterator in rendered ? Readable.from(rendered) : rendered.pipe(new PassThrough()) as PassThrough
}

/** Tells a source that nobody reads it any more; what it says to that concerns nobody. */
function discard (source: Readable): void {
  source.on('error', () => {}).destroy()
}

interface StreamOptions extends RenderOptions {
  /** '' when the page has no `<div id="app">` */
  before: string
  after: string
  render: Render
  data: PageData
  /** Milliseconds for rendering all of it. Default 10 s: what is not there by then is left to the browser */
  timeout?: number
  /** Called with what `render` throws: the page goes on without its HTML, and the browser renders it */
  onError: (error: unknown) => void
}

/** Chunks as they come; throws when `render` takes too long for all of them. Whoever reads slowly does not count. */
async function * inTime (
  begin: () => Rendered | Promise<Rendered>, timeout: number
): AsyncGenerator<string | Uint8Array> {
  let left = timeout
  const late = () => new Error(`it takes longer than ${timeout} ms`)
  const within = async <T>(work: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    return await withDeadline(left, late, work).finally(() => { left -= performance.now() - began })
  }
  const begun = (async () => sourceOf(await begin()))()
  try {
    const chunks = (await within(() => begun))[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await within(() => chunks.next())
      if (done) return
      yield value
    }
  } finally {
    // One that is late has nobody to read it, either.
    begun.then(discard, () => {})
  }
}

/** A page with server-rendered HTML in it, as it comes. */
export function streamPage (options: StreamOptions): Readable {
  const { before, after, render, data, nonce, timeout = 10_000, onError } = options
  async function * chunks (): AsyncGenerator<string | Uint8Array> {
    yield before
    try {
      if (before === '') throw new Error('it has no <div id="app">')
      yield * inTime(() => render(data, { nonce }), timeout)
    } catch (error) {
      onError(error)
    }
    yield after
  }
  return Readable.from(chunks(), { objectMode: false })
}
