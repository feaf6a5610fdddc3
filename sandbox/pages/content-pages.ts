import type { FastifyInstance } from 'fastify'
import type { Entry } from '../content.ts'
import { chatNamed, dialogName, dialogOf, isOpenChannel } from '../dialog.ts'
import { findScreens } from '../example-links.ts'
import type { Portal } from '../portal.ts'
import { DAY } from '../rest/calendar/moments.ts'
import { occurrencesOf, ruleOf } from '../rest/calendar/recurrence.ts'
import { isoTime } from '../rest/timing.ts'
import type { Screen } from './screen.ts'
import { startHere } from './start-here.ts'
import { viewerOf } from './viewer.ts'
import type { Viewer } from './viewer.ts'
import { acceptWriting } from './writing.ts'

/** The chat that everybody is in. */
const GENERAL = 'chat2'

const chosenDialog = ({ query }: Viewer): string => typeof query.dialog === 'string' ? query.dialog : GENERAL

/**
 * Where the messages of a dialog are kept; undefined when there is no such dialog. Every employee sees the open
 * channels, REST sees none of them.
 */
function placeOf (portal: Portal, { user }: Viewer, dialog: string): Pick<Entry, 'kind' | 'parent'> | undefined {
  if (isOpenChannel(dialog)) return { kind: 'channel-message', parent: dialog }
  const parent = dialogOf(portal, user, dialog)
  return parent === undefined ? undefined : { kind: 'message', parent }
}

/** What the calendar lists of an event: a series has an entry for each of its days in the months around. */
function daysOf (event: Entry): Entry[] {
  if (!ruleOf(event.fields.RRULE)) return [event]
  const now = Date.now()
  return occurrencesOf(event, now - 30 * DAY, now + 90 * DAY).map(([from, to]) =>
    ({ ...event, fields: { ...event.fields, DATE_FROM: isoTime(from), DATE_TO: isoTime(to) } }))
}

/** The pages with what people of the portal write. */
export function contentPages (app: FastifyInstance, screen: Screen): void {
  const { portal } = screen
  const { content } = portal
  const list = (url: string, view: string, title: string, data: (viewer: Viewer) => Record<string, unknown>): void => {
    app.get(url, async (request, reply) => {
      await findScreens(portal)
      const viewer = viewerOf(portal, request)
      return screen.show(reply, viewer, view, { title, active: view, ...data(viewer) })
    })
  }

  list('/stream/', 'stream', 'Feed', viewer => ({
    posts: content.list('post').reverse(),
    comments: content.list('comment'),
    start: portal.installed ? startHere(portal, viewer) : undefined
  }))
  list('/tasks/', 'tasks', 'Tasks', () => ({ tasks: content.list('task').reverse() }))
  list('/calendar/', 'calendar', 'Calendar', () => ({ events: content.list('event').flatMap(daysOf) }))
  list('/crm/deal/', 'deals', 'Deals', () => ({ deals: content.list('deal') }))

  // Addresses that a real portal has for the same pages.
  const moved: Array<[from: string, to: (request: { params: unknown, query: unknown }) => string]> = [
    ['/online/', ({ query }) => `/messenger/?dialog=${encodeURIComponent(String(Object(query).IM_DIALOG))}`],
    ['/company/personal/user/:id/blog/:post/', () => '/stream/'],
    ['/company/personal/user/:id/calendar/', () => '/calendar/'],
    ['/company/personal/user/:id/tasks/task/view/:task/', ({ params }) => `/tasks/task/view/${Object(params).task}/`]
  ]
  for (const [from, to] of moved) {
    app.get(from, (request, reply) => reply.redirect(viewerOf(portal, request).link(to(request))))
  }

  app.get('/messenger/', async (request, reply) => {
    await findScreens(portal)
    const viewer = viewerOf(portal, request)
    const dialog = chosenDialog(viewer)
    const place = placeOf(portal, viewer, dialog)
    if (!place) {
      return screen.say(reply, viewer, 404, 'Not found',
        'There is no such dialog. A chat is chat and a number, a private dialog the number of a colleague, ' +
        'an open channel imol| and a number.')
    }
    const names = content.list('message').map(({ parent }) => dialogName(portal, viewer.user, parent))
    const channels = content.list('channel-message').map(({ parent }) => parent)
    return screen.show(reply, viewer, 'messenger', {
      title: 'Messenger',
      active: 'messenger',
      dialog,
      isOpenChannel: isOpenChannel(dialog),
      titleOf: (name: string) => chatNamed(portal, name)?.title.trim() || name,
      dialogs: new Set([GENERAL, ...names.filter(name => name !== undefined), ...channels, dialog]),
      messages: content.list(place.kind, place.parent),
      notifications: content.list('notification', String(viewer.user.id)).reverse()
    })
  })

  app.get<{ Params: { id: string } }>('/company/personal/user/:id/', (request, reply) => {
    const viewer = viewerOf(portal, request)
    const user = portal.user(Number(request.params.id))
    if (!user) return screen.say(reply, viewer, 404, 'Not found', 'Nobody here has this number.')
    return screen.show(reply, viewer, 'profile', { title: `${user.name} ${user.lastName}`, user })
  })

  acceptWriting(app, screen, '/stream/', (_request, { text, params: { parent } }) => {
    if (parent === undefined) return { kind: 'post', text }
    const post = content.find('post', Number(parent))
    return post && { kind: 'comment', parent: String(post.id), text }
  })
  acceptWriting(app, screen, '/messenger/', (request, { text }) => {
    const viewer = viewerOf(portal, request)
    const place = placeOf(portal, viewer, chosenDialog(viewer))
    return place && { ...place, text }
  })
  acceptWriting(app, screen, '/tasks/', (_request, { title, text }) =>
    ({ kind: 'task', title: title || text.slice(0, 60), text }))
  acceptWriting(app, screen, '/tasks/task/view/:id/', (request, { text }) => {
    // Fastify fills the parameters of the address.
    const task = content.find('task', Number((request.params as { id: string }).id))
    return task && { kind: 'task-comment', parent: String(task.id), text }
  })
  acceptWriting(app, screen, '/crm/deal/', (_request, { title, text }) => ({
    kind: 'deal',
    title: title || text.slice(0, 60),
    text,
    fields: { OPPORTUNITY: 0, CURRENCY_ID: 'EUR', STAGE_ID: 'NEW' }
  }))
  acceptWriting(app, screen, '/calendar/', (_request, { title, text, params }) => ({
    kind: 'event',
    title: title || text.slice(0, 60),
    text,
    fields: { DATE_FROM: String(params.from ?? ''), DATE_TO: String(params.to ?? '') }
  }))
}
