import type { FastifyInstance } from 'fastify'
import { findScreens } from '../example-links.ts'
import { placementPath, titleOf } from '../pages/placement-links.ts'
import type { Screen } from '../pages/screen.ts'
import { viewerOf } from '../pages/viewer.ts'
import type { Viewer } from '../pages/viewer.ts'
import { liveReloadApi } from '../live-reload.ts'
import type { Portal } from '../portal.ts'
import { replayApi } from './replay-api.ts'
import { switchGroups } from './switches.ts'
import { troubleApi } from './trouble-api.ts'
import { wireApi } from './wire-api.ts'

/** The pages of the application that open beside the wire, as sliders show them. */
function openable (portal: Portal, viewer: Viewer): Array<{ name: string, path: string }> {
  if (!portal.installed) return []
  const { note, approval, deal } = portal.exampleLinks
  const links = [['Delivery note 42', note], ['Approval', approval], ['Deal', deal]] as const
  const rows = portal.placements.filter(({ placement }) => placement !== 'REST_APP_URI' || note === undefined)
  return [
    ...links.flatMap(([name, path]) => path === undefined ? [] : [{ name, path }]),
    ...rows.map(row => ({ name: titleOf(row, viewer), path: placementPath(portal, row) })),
    { name: portal.state.application.name, path: portal.appPath }
  ].map(({ name, path }) => ({ name, path: `${path}${path.includes('?') ? '&' : '?'}IFRAME=Y` }))
}

/** The panel of the sandbox: trouble on demand and a view into the wire, for people and for tests. */
export function panel (app: FastifyInstance, screen: Screen): void {
  const { portal } = screen
  app.get('/sandbox/panel/', async (request, reply) => {
    await findScreens(portal)
    const viewer = viewerOf(portal, request)
    return screen.show(reply, viewer, 'panel',
      { title: 'Trouble and wire', active: 'panel', switchGroups, openable: openable(portal, viewer) })
  })
  troubleApi(app, portal)
  wireApi(app, portal)
  replayApi(app, portal)
  liveReloadApi(app, portal)
}
