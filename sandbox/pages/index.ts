import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { parseSliderLink } from '../../src/links.ts'
import { catalogue } from '../placement-catalogue.ts'
import type { PlacementRow, Portal } from '../portal.ts'
import { applicationFrame } from './application-frame.ts'
import type { ApplicationFrame, FrameUsers } from './application-frame.ts'
import { frameActions } from './frame-actions.ts'
import { languages } from './languages.ts'
import { viewerOf } from './viewer.ts'
import type { Viewer } from './viewer.ts'

const eta = new Eta({ views: fileURLToPath(new URL('../views', import.meta.url)), cache: true })

const isInSlider = (viewer: Viewer): boolean => viewer.query.IFRAME === 'Y'

/** The pages of one portal, and what the scripts in them ask for. */
export function pages (app: FastifyInstance, portal: Portal): void {
  const { application } = portal.state
  const appPath = `/marketplace/app/${application.id}/`
  const frameUsers: FrameUsers = new Map()

  app.register(fastifyStatic, { root: fileURLToPath(new URL('../assets', import.meta.url)), prefix: '/sandbox/assets/' })
  frameActions(app, portal, frameUsers)

  const show = (reply: FastifyReply, viewer: Viewer, view: string, data: Record<string, unknown>) => reply
    .type('text/html; charset=utf-8')
    .send(eta.render(view, { portal, application, appPath, languages, viewer, inSlider: isInSlider(viewer), active: '', ...data }))

  const refuse = (reply: FastifyReply, viewer: Viewer, message: string) => {
    reply.code(403)
    return show(reply, viewer, 'message', { title: 'Access denied', message })
  }

  /** Widgets are shown to nobody before the installation is finished; administrators get the install page instead. */
  const showFrame = (reply: FastifyReply, viewer: Viewer, title: string, open: () => ApplicationFrame) =>
    portal.installed || viewer.user.admin
      ? show(reply, viewer, 'frame', { title, frame: open(), active: 'app' })
      : refuse(reply, viewer, 'The application is not installed yet. Ask your administrator to finish the installation.')

  app.get('/', (request, reply) => {
    const viewer = viewerOf(portal, request)
    return reply.redirect(viewer.link(portal.installed ? '/stream/' : `${appPath}?from=start`))
  })

  app.get('/stream/', (request, reply) =>
    show(reply, viewerOf(portal, request), 'stream', { title: 'Feed', active: 'stream' }))

  app.get('/placements/', (request, reply) => {
    const rows = portal.placements.map(row => ({ ...row, path: placementPath(portal, row) }))
    return show(reply, viewerOf(portal, request), 'placements', { title: 'Placements', active: 'placements', rows })
  })

  app.get<{ Params: { id: string } }>('/marketplace/app/:id/', (request, reply) => {
    const viewer = viewerOf(portal, request)
    if (request.params.id !== String(application.id)) return refuse(reply, viewer, 'There is no such application.')
    const { _r, from, ...query } = viewer.query
    return showFrame(reply, viewer, portal.installed ? application.name : `Install ${application.name}`, () => {
      const frame = applicationFrame(portal, frameUsers, viewer, 'DEFAULT', { any: `${application.id}/`, ...query })
      // Whoever opened the portal's first page wants to see its feed, not the application.
      if (from === 'start') frame.config.afterInstall = viewer.link('/stream/')
      return frame
    })
  })

  app.get<{ Params: { row: string } }>('/marketplace/placement/:row/', (request, reply) => {
    const viewer = viewerOf(portal, request)
    const row = portal.placements.find(({ id }) => String(id) === request.params.row)
    if (!row) return refuse(reply, viewer, 'There is no such placement.')
    const title = row.langAll[viewer.lang]?.TITLE || row.title
    if (!isInSlider(viewer)) return show(reply, viewer, 'open-slider', { title })
    return showFrame(reply, viewer, title, () =>
      applicationFrame(portal, frameUsers, viewer, row.placement, catalogue.get(row.placement)?.example, row.handler))
  })

  // Whatever follows the code in the path is ignored.
  for (const url of ['/marketplace/view/:code/*', '/market/view/:code/*']) {
    app.get<{ Params: { code: string } }>(url, (request, reply) => {
      const viewer = viewerOf(portal, request)
      const row = portal.placements.find(({ placement }) => placement === 'REST_APP_URI')
      const isOurs = [application.code, application.clientId, String(application.id)].includes(request.params.code)
      if (!isOurs || !portal.installed || !row) return refuse(reply, viewer, 'The application is not available.')
      if (!isInSlider(viewer)) return show(reply, viewer, 'open-slider', { title: application.name })
      return show(reply, viewer, 'frame', {
        title: application.name,
        frame: applicationFrame(portal, frameUsers, viewer, 'REST_APP_URI', parseSliderLink(request.url).params, row.handler)
      })
    })
  }
}

/** The page that opens a bound handler with example options. */
function placementPath (portal: Portal, row: PlacementRow): string {
  if (row.placement !== 'REST_APP_URI') return `/marketplace/placement/${row.id}/`
  return `/marketplace/view/${portal.state.application.code}/?params[test]=y&params[docId]=42`
}
