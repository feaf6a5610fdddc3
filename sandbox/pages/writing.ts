import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { NewEntry } from '../content.ts'
import { requestParams } from '../request-params.ts'
import type { Screen } from './screen.ts'
import { tellWriting } from './tell-writing.ts'
import { viewerOf } from './viewer.ts'

const MAX_TITLE = 200
const MAX_TEXT = 5000

/** What somebody typed into a form of the portal. */
export interface Written { title: string, text: string, params: Record<string, unknown> }

const tooLong = (what: string, length: number, limit: number): string =>
  `The ${what} has ${length} characters, ${limit} are possible. Go back and shorten it; what you typed is still there.`

function faultOf ({ title, text }: Written): string | undefined {
  if (title.length > MAX_TITLE) return tooLong('title', title.length, MAX_TITLE)
  if (text.length > MAX_TEXT) return tooLong('text', text.length, MAX_TEXT)
  return title === '' && text.trim() === '' ? 'The text is empty. Go back and write something.' : undefined
}

/**
 * Keeps what is written with the form of a page and returns to the page. `entryOf` tells what it becomes, undefined for
 * what does not exist.
 */
export function acceptWriting (
  app: FastifyInstance, screen: Screen, url: string,
  entryOf: (request: FastifyRequest, written: Written) => Omit<NewEntry, 'authorId'> | undefined
): void {
  app.post(url, (request, reply) => {
    const viewer = viewerOf(screen.portal, request)
    const params = requestParams(request)
    const written =
      { title: String(params.title ?? '').trim(), text: String(params.text ?? '').replaceAll('\r\n', '\n'), params }
    const fault = faultOf(written)
    if (fault !== undefined) return screen.say(reply, viewer, 400, 'Not written', fault)
    const entry = entryOf(request, written)
    if (!entry) return screen.say(reply, viewer, 404, 'Not written', 'What you answered to does not exist.')
    const kept = screen.portal.content.add({ authorId: viewer.user.id, ...entry })
    tellWriting(screen.portal, kept, viewer.user)
    return reply.redirect(request.url, 303)
  })
}
