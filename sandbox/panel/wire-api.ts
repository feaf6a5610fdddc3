import type { FastifyInstance } from 'fastify'
import type { Portal } from '../portal.ts'
import type { WireEntry } from '../wire.ts'
import { troublesOf } from './effects.ts'

/** What is on the wire: as a list, and as a stream of events that begins with what is already there and names the troubles of each. */
export function wireApi (app: FastifyInstance, { memberId, state: { wire } }: Portal): void {
  app.get('/sandbox/api/wire', async () => ({ entries: wire.entries }))

  // An entry that was completed comes once more, under the same number.
  app.get('/sandbox/api/wire/events', (_request, reply) => {
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const send = (entry: WireEntry) => raw.write(`event: entry\ndata: ${JSON.stringify({ ...entry, troubles: troublesOf(entry, memberId) })}\n\n`)
    raw.write('retry: 1000\n\n')
    wire.entries.forEach(send)
    raw.on('close', wire.subscribe(send))
  })
}
