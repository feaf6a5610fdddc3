import type { FastifyInstance } from 'fastify'
import { installApiOnly, remove, update } from '../lifecycle.ts'
import type { Portal } from '../portal.ts'
import { requestParams } from '../request-params.ts'
import type { Screen } from './screen.ts'
import { viewerOf } from './viewer.ts'

/** What the buttons do; each tells what came of it. */
const actions: ReadonlyMap<unknown, (portal: Portal, clean: boolean) => Promise<string>> = new Map([
  ['install', installApiOnly],
  ['update', (portal: Portal) => update(portal, true)],
  ['update-api', (portal: Portal) => update(portal, false)],
  ['remove', remove]
])

/** The page on which administrators install, update and remove the application. */
export function settingsPage (app: FastifyInstance, screen: Screen): void {
  const { portal } = screen

  app.get('/devops/', (request, reply) =>
    screen.show(reply, viewerOf(portal, request), 'settings',
      { title: 'App settings', active: 'settings', outcome: undefined }))

  app.post('/devops/', async (request, reply) => {
    const viewer = viewerOf(portal, request)
    if (!viewer.user.admin) {
      return screen.say(reply, viewer, 403, 'Access denied', 'Only administrators may change the application.')
    }
    const { action, clean } = requestParams(request)
    const run = actions.get(action)
    if (!run) {
      return screen.say(reply, viewer, 400, 'Not done', 'There is no such action. Go back and use one of the buttons.')
    }
    const outcome = await run(portal, clean === 'Y')
    // The new version has an installation page of its own.
    if (action === 'update') return reply.redirect(viewer.link(portal.appPath), 303)
    return screen.show(reply, viewer, 'settings', { title: 'App settings', active: 'settings', outcome })
  })
}
