import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { pathOf } from '../request-params.ts'
import type { Screen } from './screen.ts'
import { viewerOf } from './viewer.ts'

/** What scripts and the application ask for: they read JSON. */
const JSON_ONLY = /^\/(?:rest|sandbox\/(?:api|frame))\//

/** Why a request is refused: `code` for programs; `title`, and `sentence` about what to do, for people. */
export interface Refusal { status: number, code: string, title: string, sentence: string }

const UNKNOWN: Refusal = {
  status: 404,
  code: 'not_found',
  title: 'Not found',
  sentence: 'The portal has no page at this address. Choose one from the menu.'
}

const SENTENCES: Record<string, string> = {
  FST_ERR_BAD_URL:
    'The address is broken: a percent sign in it does not begin a character. Choose a page from the menu.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'What you sent is too large. Go back and shorten it; what you typed is still there.'
}

const UNEXPECTED = 'The portal could not answer. Go back and try again; if it stays so, ' +
  'the terminal in which the portal runs says more.'

/** Answers with a sentence: as JSON to those who read JSON, as a page of the portal to everybody else. */
export function refuse (
  screen: Screen, request: FastifyRequest, reply: FastifyReply, { status, code, title, sentence }: Refusal
): FastifyReply {
  return JSON_ONLY.test(pathOf(request))
    ? reply.code(status).send({ error: code, error_description: sentence })
    : screen.say(reply, viewerOf(screen.portal, request), status, title, sentence)
}

/** The answer to an address that the portal does not have. */
export const refuseUnknown = (screen: Screen, request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  refuse(screen, request, reply, UNKNOWN)

/** The answer to what went wrong. A fault of the sandbox itself is described in its terminal, and only there. */
export function refuseFailed (
  screen: Screen, error: FastifyError, request: FastifyRequest, reply: FastifyReply
): FastifyReply {
  const { statusCode: status = 500, code } = error
  if (status >= 500) console.error(error)
  return refuse(screen, request, reply, {
    status,
    code: 'request_failed',
    title: 'That did not work',
    sentence: SENTENCES[code] ?? UNEXPECTED
  })
}
