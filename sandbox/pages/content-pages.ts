import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { EntryKind } from '../content.ts'
import { seed } from '../seed.ts'
import { applicationFrame } from './application-frame.ts'
import type { FrameUsers } from './application-frame.ts'
import type { Screen } from './screen.ts'
import { viewerOf } from './viewer.ts'
import type { Viewer } from './viewer.ts'
import { acceptWriting } from './writing.ts'

const numberOf = (request: FastifyRequest<{ Params: { id: string } }>): number => Number(request.params.id)
const dialogOf = ({ query }: Viewer): string => typeof query.dialog === 'string' ? query.dialog : 'chat2'

/** One page that shows an entry, with the frames of the handlers that are bound to it. `option` passes its number to them. */
interface Card { url: string, view: string, kind: EntryKind, active: string, places: string[], option: string }

const cards: Card[] = [
  { url: '/tasks/task/view/:id/', view: 'task', kind: 'task', active: 'tasks', places: ['TASK_VIEW_TAB', 'TASK_VIEW_SIDEBAR', 'TASK_VIEW_TOP_PANEL'], option: 'taskId' },
  { url: '/crm/deal/details/:id/', view: 'deal', kind: 'deal', active: 'deals', places: ['CRM_DEAL_DETAIL_TAB'], option: 'ID' },
  { url: '/calendar/event/:id/', view: 'event', kind: 'event', active: 'calendar', places: [], option: 'ID' }
]

/** The pages with what people of the portal write. An empty portal is filled when the first of them is opened. */
export function contentPages (app: FastifyInstance, screen: Screen, frameUsers: FrameUsers): void {
  const { portal } = screen
  const { content } = portal
  const list = (url: string, view: string, title: string, data: (viewer: Viewer) => Record<string, unknown>): void => {
    app.get(url, (request, reply) => {
      seed(portal)
      const viewer = viewerOf(portal, request)
      return screen.show(reply, viewer, view, { title, active: view, ...data(viewer) })
    })
  }

  list('/stream/', 'stream', 'Feed', () => ({ posts: content.list('post').reverse(), comments: content.list('comment') }))
  list('/messenger/', 'messenger', 'Messenger', viewer => {
    const dialog = dialogOf(viewer)
    const messages = content.list('message')
    return { dialog, messages: messages.filter(({ parent }) => parent === dialog), dialogs: new Set(['chat2', ...messages.map(({ parent }) => parent), dialog]) }
  })
  list('/tasks/', 'tasks', 'Tasks', () => ({ tasks: content.list('task').reverse() }))
  list('/calendar/', 'calendar', 'Calendar', () => ({ events: content.list('event') }))
  list('/crm/deal/', 'deals', 'Deals', () => ({ deals: content.list('deal') }))

  for (const { url, view, kind, active, places, option } of cards) {
    app.get<{ Params: { id: string } }>(url, (request, reply) => {
      seed(portal)
      const viewer = viewerOf(portal, request)
      const id = numberOf(request)
      const entry = content.find(kind, id)
      if (!entry) return screen.say(reply, viewer, 404, 'Not found', `There is no ${kind} ${request.params.id} on this portal.`)
      const mayUse = portal.installed && (viewer.user.admin || portal.state.trouble.access !== 'denied')
      const rows = mayUse ? portal.placements.filter(({ placement }) => places.includes(placement)) : []
      const shown = rows.find(row => String(row.id) === viewer.query.tab)
      return screen.show(reply, viewer, view, {
        title: entry.title,
        active,
        entry,
        rows,
        shown,
        comments: content.list('task-comment', String(id)),
        ...(shown && { frame: applicationFrame(portal, frameUsers, viewer, shown.placement, { [option]: String(id) }, shown.handler) })
      })
    })
  }

  app.get<{ Params: { id: string } }>('/company/personal/user/:id/', (request, reply) => {
    const viewer = viewerOf(portal, request)
    const user = Object.values(portal.users).find(({ id }) => id === numberOf(request))
    if (!user) return screen.say(reply, viewer, 404, 'Not found', 'Nobody here has this number.')
    return screen.show(reply, viewer, 'profile', { title: `${user.name} ${user.lastName}`, user })
  })

  acceptWriting(app, screen, '/stream/', (_request, { text, params: { parent } }) => {
    if (parent === undefined) return { kind: 'post', text }
    return content.find('post', Number(parent)) && { kind: 'comment', parent: String(parent), text }
  })
  acceptWriting(app, screen, '/messenger/', (request, { text }) => ({ kind: 'message', parent: dialogOf(viewerOf(portal, request)), text }))
  acceptWriting(app, screen, '/tasks/', (_request, { title, text }) => ({ kind: 'task', title: title || text.slice(0, 60), text }))
  acceptWriting(app, screen, '/tasks/task/view/:id/', (request, { text }) => {
    // Fastify fills the parameters of the address.
    const task = content.find('task', Number((request.params as { id: string }).id))
    return task && { kind: 'task-comment', parent: String(task.id), text }
  })
  acceptWriting(app, screen, '/calendar/', (_request, { title, text, params }) => ({
    kind: 'event', title: title || text.slice(0, 60), text, fields: { DATE_FROM: String(params.from ?? ''), DATE_TO: String(params.to ?? '') }
  }))
}
