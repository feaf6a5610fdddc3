import type { FastifyInstance } from 'fastify'
import type { Portal } from '../portal.ts'
import type { WireEntry } from '../wire.ts'
import { troublesOf } from './effects.ts'

/**
 * What is on the wire: as a list, and as a stream of events that begins with the run of the sandbox and what is already
 * there, and names the troubles of each message.
 */
export function wireApi (app: FastifyInstance, { memberId, state: { wire } }: Portal): void {
  app.get('/sandbox/api/wire', async () => ({ entries: wire.entries }))

  // An entry that was completed comes once more, under the same number.
  // HEAD would wait for the end of a stream that has none.
  app.get('/sandbox/api/wire/events', { exposeHeadRoute: false }, (_request, reply) => {
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const send = (entry: WireEntry) =>
      raw.write(`event: entry\ndata: ${JSON.stringify({ ...entry, troubles: troublesOf(entry, memberId) })}\n\n`)
    raw.write(`retry: 1000\nevent: run\ndata: ${wire.run}\n\n`)
    wire.entries.forEach(send)
    raw.on('close', wire.subscribe(send))
  })
}
