import { EventEmitter } from 'node:events'
import type { FastifyInstance } from 'fastify'
import type { Portal } from './portal.ts'

/** Tells the open pages of the portals that the application runs anew. */
export class LiveReload {
  readonly #listeners = new EventEmitter().setMaxListeners(0)

  reload (): void {
    this.#listeners.emit('reload')
  }

  /** Calls `listener` at each reload, until the returned function is called. */
  subscribe (listener: () => void): () => void {
    this.#listeners.on('reload', listener)
    return () => { this.#listeners.off('reload', listener) }
  }
}

/** A stream of events for the pages of one portal: which run of the sandbox this is, then each reload. */
export function liveReloadApi (app: FastifyInstance, { state: { liveReload, wire } }: Portal): void {
  if (!liveReload) return
  app.get('/sandbox/api/reload', { exposeHeadRoute: false }, (_request, reply) => {
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    raw.write(`retry: 500\nevent: run\ndata: ${wire.run}\n\n`)
    raw.on('close', liveReload.subscribe(() => { raw.write('event: reload\ndata:\n\n') }))
  })
}
