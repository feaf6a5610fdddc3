import type { FastifyInstance } from 'fastify'
import type { Portal } from './portal.ts'

const COLORS = ['#2067b0', '#1b8a5a', '#b0417c', '#a15c00']

/** The photos of the people, which user.get names: their initials. */
export function photos (app: FastifyInstance, portal: Portal): void {
  app.get<{ Params: { id: string } }>('/upload/main/photo-:id(^\\d+).svg', async (request, reply) => {
    const user = portal.user(Number(request.params.id))
    if (!user) return reply.callNotFound()
    return reply.type('image/svg+xml').send(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300" width="300" height="300">
<rect width="300" height="300" fill="${COLORS[user.id - 1]}"/>
<text x="150" y="190" font-family="sans-serif" font-size="120" text-anchor="middle" fill="#fff">` +
      `${user.name.charAt(0)}${user.lastName.charAt(0)}</text></svg>`)
  })
}
