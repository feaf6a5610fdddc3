import type { FastifyRequest } from 'fastify'

/** The session of the user who opened a page, for its `<meta>`; nothing unless the call is verified. */
export async function pageSessionMeta (request: FastifyRequest): Promise<Record<string, string>> {
  const { placement, verifiedCall: call, isPortalAdmin: isAdmin, server } = request
  if (placement === null || call === null) return {}
  const { memberId, userId, domain, installedAt, expiresAt } = call
  const { code, lang } = placement
  const session = { memberId, userId, domain, installedAt, placement: code, lang, isAdmin }
  return { 'page-session': await server.pageTokens.createSession(session, expiresAt) }
}
