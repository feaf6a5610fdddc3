import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readSliderLink } from '../../src/http/slider-link.ts'
import { optionsSent } from '../placement-catalogue.ts'
import { applicationFrame } from './application-frame.ts'
import type { ApplicationFrame } from './application-frame.ts'
import { titleOf } from './placement-links.ts'
import { nearCodes, readOptions } from './placement-options.ts'
import { isInSlider } from './screen.ts'
import type { Screen } from './screen.ts'
import { viewerOf } from './viewer.ts'
import type { Viewer } from './viewer.ts'

const notInstalled = 'The application is not installed yet.'

/** The pages on which the application stands in a frame. */
export function applicationPages (app: FastifyInstance, screen: Screen): void {
  const { portal, show } = screen
  const { application, trouble } = portal.state

  const deny = (reply: FastifyReply, viewer: Viewer, message: string, title = 'Access denied') =>
    show(reply.code(403), viewer, 'message', { title, message, active: 'app' })

  /** Widgets are shown to nobody before the installation is finished; administrators get the install page instead. */
  const showFrame = (reply: FastifyReply, viewer: Viewer, title: string, open: () => ApplicationFrame) => {
    if (trouble.access === 'denied' && !viewer.user.admin) {
      return deny(reply, viewer, 'You have no access to this application. Ask your administrator for it.')
    }
    return portal.installed || viewer.user.admin
      ? show(reply, viewer, 'frame', { title, frame: open(), active: 'app' })
      : deny(reply, viewer, `${notInstalled} Ask your administrator to finish the installation.`, 'Not installed')
  }

  app.get('/', (request, reply) => {
    const viewer = viewerOf(portal, request)
    return reply.redirect(viewer.link(portal.installed ? '/stream/' : `${portal.appPath}?from=start`))
  })

  // By POST when the application opens its own page: its parameters may be longer than an address.
  const showApplication = (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) => {
    const viewer = viewerOf(portal, request)
    if (request.params.id !== String(application.id)) return deny(reply, viewer, 'There is no such application.')
    const { _r, from, ...query } = viewer.query
    return showFrame(reply, viewer, portal.installed ? application.name : `Install ${application.name}`, () => {
      const frame = applicationFrame(portal, viewer, 'DEFAULT', { any: `${application.id}/`, ...query })
      // Whoever opened the portal's first page wants to see its feed, not the application.
      if (from === 'start') frame.config.afterInstall = viewer.link('/stream/')
      return frame
    })
  }
  app.get('/marketplace/app/:id/', showApplication)
  app.post('/marketplace/app/:id/', showApplication)

  // The number of a bound handler, or a code; a code without a handler goes to the application's own address.
  app.get<{ Params: { place: string } }>('/marketplace/placement/:place/', (request, reply) => {
    const viewer = viewerOf(portal, request)
    const { place } = request.params
    const row = portal.placements.find(({ id, placement }) => String(id) === place || placement === place)
    const code = row?.placement ?? place
    const example = optionsSent(code, row)
    if (!example) {
      return screen.say(reply, viewer, 404, 'Unknown placement',
        `There is no such placement: ${place}. Near names: ${nearCodes(place).join(', ')}.`)
    }
    const { value, fault } = readOptions(viewer.query.options)
    if (fault !== undefined) return screen.say(reply, viewer, 400, 'Unreadable options', fault)
    const title = row ? titleOf(row, viewer) : code
    if (!isInSlider(viewer)) return show(reply, viewer, 'open-slider', { title })
    return showFrame(reply, viewer, title, () =>
      applicationFrame(portal, viewer, code, value ?? example, row?.handler))
  })

  // Whatever follows the code in the path is ignored.
  for (const url of ['/marketplace/view/:code/*', '/market/view/:code/*']) {
    app.get<{ Params: { code: string } }>(url, (request, reply) => {
      const viewer = viewerOf(portal, request)
      const row = portal.placements.find(({ placement }) => placement === 'REST_APP_URI')
      const isOurs = [application.code, application.clientId].includes(request.params.code)
      if (!portal.installed) return deny(reply, viewer, notInstalled, 'Not installed')
      if (!isOurs || !row) {
        return deny(reply, viewer,
          'The application is not available: it is another one, or has bound no handler for links.')
      }
      if (!isInSlider(viewer)) return show(reply, viewer, 'open-slider', { title: application.name })
      return showFrame(reply, viewer, application.name, () =>
        applicationFrame(portal, viewer, 'REST_APP_URI', readSliderLink(request.url).params, row.handler))
    })
  }
}
