import type { FastifyInstance } from 'fastify'
import type { FeatureRequest, HomeSection } from '../placement-dispatch/features.ts'

/** The journal on the home, for administrators. Its script loads the entries when somebody wants to see them. */
export async function journalSection (
  fastify: FastifyInstance, days: number, request: FeatureRequest
): Promise<HomeSection | undefined> {
  const isAdmin = await fastify.portalRest.isAdmin(request)
  return isAdmin ? { view: 'journal', data: { days } } : undefined
}
