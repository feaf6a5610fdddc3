import type { FastifyInstance } from 'fastify'
import { installApiOnly, remove, update } from '../lifecycle.ts'
import { requestParams } from '../request-params.ts'
import type { Screen } from './screen.ts'
import { viewerOf } from './viewer.ts'
import { foreignOrigin } from './writing.ts'

/** The page on which administrators install, update and remove the application. */
export function settingsPage (app: FastifyInstance, screen: Screen): void {
  const { portal } = screen
  const appPath = `/marketplace/app/${portal.state.application.id}/`

  app.get('/devops/', (request, reply) =>
    screen.show(reply, viewerOf(portal, request), 'settings', { title: 'Application', active: 'settings', outcome: undefined }))

  app.post('/devops/', async (request, reply) => {
    const viewer = viewerOf(portal, request)
    const foreign = foreignOrigin(request)
    if (foreign !== undefined) return screen.say(reply, viewer, 403, 'Access denied', foreign)
    if (!viewer.user.admin) return screen.say(reply, viewer, 403, 'Access denied', 'Only administrators may change the application.')
    const { action, clean } = requestParams(request)
    const withInterface = action === 'update'
    const run = action === 'install'
      ? installApiOnly
      : action === 'remove' ? () => remove(portal, clean === 'Y') : () => update(portal, withInterface)
    if (!['install', 'remove', 'update', 'update-api'].includes(String(action))) return screen.say(reply, viewer, 400, 'Not done', 'There is no such action.')
    const outcome = await run(portal)
    if (withInterface) return reply.redirect(viewer.link(appPath), 303)
    return screen.show(reply, viewer, 'settings', { title: 'Application', active: 'settings', outcome })
  })
}
