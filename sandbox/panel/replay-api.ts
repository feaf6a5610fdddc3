import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Portal } from '../portal.ts'
import { requestParams } from '../request-params.ts'
import { nothingAnswersAt, outcomeOf, sendMessage } from '../send-message.ts'
import type { SentMessage, WireEntry } from '../wire.ts'
import { freshFields, savedCall } from './saved-call.ts'

/** Sends messages of the portal again, saves them, and gives fresh tokens to whoever sends a saved one. */
export function replayApi (app: FastifyInstance, portal: Portal): void {
  const { wire, portals } = portal.state
  // The wire shows the messages of all portals.
  const portalOf = ({ memberId }: WireEntry): Portal => portals.find(known => known.memberId === memberId) ?? portal

  const withMessage = <Answer>(reply: FastifyReply, id: string,
    answer: (entry: WireEntry, sent: SentMessage) => Answer) => {
    const entry = wire.entries.find(entry => String(entry.id) === id)
    const sent = entry && wire.sent(entry.id)
    if (!sent) {
      return reply.code(404).send({
        error: 'unknown_message',
        error_description: 'Only messages of the portal are kept whole, and the newest of them.'
      })
    }
    return answer(entry, sent)
  }

  app.post<{ Params: { id: string } }>('/sandbox/api/wire/:id/replay', (request, reply) =>
    withMessage(reply, request.params.id, async ({ name, memberId, method }, sent) => {
      const answer = await sendMessage(wire, { name, memberId, method, sent })
      return answer
        ? { status: answer.status, outcome: outcomeOf(answer.text) }
        : reply.code(502).send({ outcome: nothingAnswersAt(sent.url) })
    }))

  app.get<{ Params: { id: string } }>('/sandbox/api/wire/:id/save', (request, reply) =>
    withMessage(reply, request.params.id, (entry, sent) => reply
      .type('application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="call-${entry.id}.json"`)
      .send(JSON.stringify(savedCall(portalOf(entry), entry, sent), null, 2) + '\n')))

  // Whole tokens leave the sandbox here: only to a program of this machine, never to a page.
  app.post('/sandbox/api/grant', async (request, reply) => {
    if (request.headers.origin !== undefined) {
      return reply.code(403).send({ error: 'wrong_origin', error_description: 'Pages get no tokens.' })
    }
    if (portal.removed) {
      return reply.code(409).send({
        error: 'not_installed',
        error_description: 'The application was removed from this portal. Install it again first.'
      })
    }
    const user = portal.user(Number(requestParams(request).user))
    if (!user) {
      return reply.code(400).send({
        error: 'unknown_user',
        error_description: `user is one of ${portal.people.map(({ id }) => id).join(', ')}.`
      })
    }
    return freshFields(portal, user)
  })
}
