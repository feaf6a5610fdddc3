import type { FastifyInstance } from 'fastify'
import type { Portal } from './portal.ts'
import { photoPath } from './rest/people/user-row.ts'

const COLORS = ['#2067b0', '#1b8a5a', '#b0417c', '#a15c00']

const initialOf = (name: string): string => /\p{L}/u.exec(name)?.[0] ?? ''

/** The photos of the people, which user.get names: their initials, unless one is written. */
export function photos (app: FastifyInstance, portal: Portal): void {
  app.get<{ Params: { id: string, type: string } }>('/upload/main/photo-:id(^\\d+).:type', async (request, reply) => {
    const { id, type } = request.params
    const user = portal.user(Number(id))
    if (!user || photoPath(user) !== `/upload/main/photo-${id}.${type}`) return reply.callNotFound()
    if (type !== 'svg') {
      return reply.type(`image/${type}`).send(Buffer.from(String(user.profile?.PERSONAL_PHOTO), 'base64'))
    }
    return reply.type('image/svg+xml').send(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300" width="300" height="300">
<rect width="300" height="300" fill="${COLORS[(user.id - 1) % COLORS.length]}"/>
<text x="150" y="190" font-family="sans-serif" font-size="120" text-anchor="middle" fill="#fff">` +
      `${initialOf(user.name)}${initialOf(user.lastName)}</text></svg>`)
  })
}
