import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { viewerOf } from './pages/viewer.ts'
import type { Portal } from './portal.ts'
import { describeRequest } from './record-requests.ts'

/** What people see; a portal shows such errors itself and sends nobody back to the application. */
const UNKNOWN_CLIENT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Application not found</title>
<h1>Application not found</h1>
<p>No application with this client_id is known to the portal. Compare it with the application's card.</p>`

/**
 * The page of a portal that gives applications a code for the user who opens it:
 * /oauth/authorize/?client_id=…&state=….
 * It leads to the application's address with code, state, domain, member_id, scope and server_domain.
 */
export function authorizePage (app: FastifyInstance, portal: Portal): void {
  const { application, tokens } = portal.state

  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const { user, query } = viewerOf(portal, request)
    describeRequest(portal.state, request, { memberId: portal.memberId })
    if (query.client_id !== application.clientId || portal.removed) {
      describeRequest(portal.state, request, { outcome: 'unknown client' })
      return reply.code(400).type('text/html; charset=utf-8').send(UNKNOWN_CLIENT)
    }
    const target = new URL(application.handlerUrl)
    target.search = new URLSearchParams({
      code: tokens.issueCode(portal, user, application.clientId),
      state: String(query.state ?? ''),
      domain: portal.domain,
      member_id: portal.memberId,
      scope: portal.scope.join(','),
      server_domain: new URL(portal.state.authorizationServer).host
    }).toString()
    return reply.redirect(target.href)
  }

  for (const url of ['/oauth/authorize', '/oauth/authorize/']) app.get(url, handler)
}
