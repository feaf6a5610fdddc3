import type { FastifyInstance } from 'fastify'
import type { Screen } from './screen.ts'
import { viewerOf } from './viewer.ts'
import type { Viewer } from './viewer.ts'
import { acceptWriting } from './writing.ts'

const dialogOf = ({ query }: Viewer): string => typeof query.dialog === 'string' ? query.dialog : 'chat2'

/** The pages with what people of the portal write. */
export function contentPages (app: FastifyInstance, screen: Screen): void {
  const { portal } = screen
  const { content } = portal
  const list = (url: string, view: string, title: string, data: (viewer: Viewer) => Record<string, unknown>): void => {
    app.get(url, (request, reply) => {
      const viewer = viewerOf(portal, request)
      return screen.show(reply, viewer, view, { title, active: view, ...data(viewer) })
    })
  }

  list('/stream/', 'stream', 'Feed', () => ({ posts: content.list('post').reverse(), comments: content.list('comment') }))
  list('/messenger/', 'messenger', 'Messenger', viewer => {
    const dialog = dialogOf(viewer)
    const messages = content.list('message')
    const notifications = content.list('notification', String(viewer.user.id)).reverse()
    return { dialog, notifications, messages: messages.filter(({ parent }) => parent === dialog), dialogs: new Set(['chat2', ...messages.map(({ parent }) => parent), dialog]) }
  })
  list('/tasks/', 'tasks', 'Tasks', () => ({ tasks: content.list('task').reverse() }))
  list('/calendar/', 'calendar', 'Calendar', () => ({ events: content.list('event') }))
  list('/crm/deal/', 'deals', 'Deals', () => ({ deals: content.list('deal') }))

  app.get<{ Params: { id: string } }>('/company/personal/user/:id/', (request, reply) => {
    const viewer = viewerOf(portal, request)
    const user = Object.values(portal.users).find(({ id }) => id === Number(request.params.id))
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
  acceptWriting(app, screen, '/crm/deal/', (_request, { title, text }) => ({
    kind: 'deal', title: title || text.slice(0, 60), text, fields: { OPPORTUNITY: 0, CURRENCY_ID: 'EUR', STAGE_ID: 'NEW' }
  }))
  acceptWriting(app, screen, '/calendar/', (_request, { title, text, params }) => ({
    kind: 'event', title: title || text.slice(0, 60), text, fields: { DATE_FROM: String(params.from ?? ''), DATE_TO: String(params.to ?? '') }
  }))
}
