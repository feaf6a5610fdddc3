import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'

const noteOf = (number: string): string => `DELIVERY NOTE No. ${number}

  Pos.  Article        Qty
  ------------------------
  1     Desk, oak        ${Number(number) % 9 + 1}
  2     Chair, black     ${Number(number) % 7 + 2}
  3     Lamp             ${Number(number) % 5 + 3}

Delivered in full. Thank you!
`

/** A server of somebody's own, with a document for each number: what links to documents lead to in the demo. */
export function documentServer (): FastifyInstance {
  const app = fastify({ forceCloseConnections: true })
  app.get<{ Params: { number: string } }>('/:number(^\\d{1,9}$)', async (request, reply) => {
    const { number } = request.params
    return reply.type('text/plain; charset=utf-8')
      .header('content-disposition', `inline; filename="delivery-note-${number}.txt"`)
      .send(noteOf(number))
  })
  return app
}
