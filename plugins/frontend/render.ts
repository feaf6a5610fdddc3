import { addAbortSignal, PassThrough, Readable, type Writable } from 'node:stream'
import type { PageData } from '../../client/page-data.ts'

/** What `render` may give: HTML, a stream of it, or what React's `renderToPipeableStream` gives. */
type Rendered = string | AsyncIterable<string | Uint8Array> | { pipe: (to: Writable) => unknown }

/** What a page is rendered with, besides its data. */
export interface RenderOptions {
  /** For what is streamed with scripts or styles of its own: React's option `nonce` */
  nonce: string
}

/** What `frontend/<entry>.server.ts` exports: the HTML of the page, which goes into `<div id="app">`. */
export type Render = (page: PageData, options: RenderOptions) => Rendered | Promise<Rendered>

function chunksOf (rendered: Rendered): AsyncIterable<string | Uint8Array> {
  if (typeof rendered === 'string') return Readable.from([rendered])
  return Symbol.asyncIterator in rendered ? rendered : rendered.pipe(new PassThrough()) as PassThrough
}

interface StreamOptions extends RenderOptions {
  /** '' when the page has no `<div id="app">` */
  before: string
  after: string
  render: Render
  data: PageData
  /** Milliseconds for all of it. Default 10 s: what is not there by then is left to the browser */
  timeout?: number
  /** Called with what `render` throws: the page goes on without its HTML, and the browser renders it */
  onError: (error: unknown) => void
}

/** Rejects when the signal aborts, for what has no end of its own. */
const endOf = (signal: AbortSignal) => new Promise<never>((_resolve, reject) => {
  signal.addEventListener('abort', () => { reject(signal.reason) })
})

/** A page with server-rendered HTML in it, as it comes. */
export function streamPage (options: StreamOptions): Readable {
  const { before, after, render, data, nonce, timeout = 10_000, onError } = options
  async function * chunks (): AsyncGenerator<string | Uint8Array> {
    yield before
    try {
      if (before === '') throw new Error('it has no <div id="app">')
      const signal = AbortSignal.timeout(timeout)
      const rendered = await Promise.race([render(data, { nonce }), endOf(signal)])
      yield * addAbortSignal(signal, Readable.from(chunksOf(rendered)))
    } catch (error) {
      onError(error)
    }
    yield after
  }
  return Readable.from(chunks(), { objectMode: false })
}
