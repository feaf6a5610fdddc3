import type { FastifyInstance } from 'fastify'
import type { EntryKind } from '../content.ts'
import { findScreens } from '../example-links.ts'
import type { PlacementRow } from '../portal-records.ts'
import { pathOf } from '../request-params.ts'
import { viewTask } from '../rest/tasks/task-view.ts'
import { applicationFrame } from './application-frame.ts'
import { titleOf } from './placement-links.ts'
import { isInSlider } from './screen.ts'
import type { Screen } from './screen.ts'
import { viewerOf } from './viewer.ts'

/**
 * One page that shows an entry. `option` passes its number to the handlers of `places`, which its view shows under
 * their names there.
 */
interface Card {
  url: string
  view: string
  kind: EntryKind
  active: string
  places: Record<string, string>
  option: string
}

const cards: Card[] = [
  {
    url: '/tasks/task/view/:id/',
    view: 'task',
    kind: 'task',
    active: 'tasks',
    places: { tabs: 'TASK_VIEW_TAB', sidebar: 'TASK_VIEW_SIDEBAR', topPanel: 'TASK_VIEW_TOP_PANEL' },
    option: 'taskId'
  },
  {
    url: '/crm/deal/details/:id/',
    view: 'deal',
    kind: 'deal',
    active: 'deals',
    places: { tabs: 'CRM_DEAL_DETAIL_TAB' },
    option: 'ID'
  },
  { url: '/calendar/event/:id/', view: 'event', kind: 'event', active: 'calendar', places: {}, option: 'ID' }
]

/** The pages of single tasks, deals and events, with the application where it has bound a handler for them. */
export function entryPages (app: FastifyInstance, screen: Screen): void {
  const { portal } = screen
  const { content } = portal
  for (const { url, view, kind, active, places, option } of cards) {
    app.get<{ Params: { id: string } }>(url, async (request, reply) => {
      await findScreens(portal)
      const viewer = viewerOf(portal, request)
      const id = Number(request.params.id)
      const entry = content.find(kind, id)
      if (!entry) {
        return screen.say(reply, viewer, 404, 'Not found', `There is no ${kind} ${request.params.id} on this portal.`)
      }
      if (kind === 'task') viewTask(portal, entry, viewer.user.id)
      const mayUse = portal.installed && (viewer.user.admin || portal.state.trouble.access !== 'denied')
      const rows = mayUse ? portal.placements.filter(({ placement }) => Object.values(places).includes(placement)) : []
      // One frame at a time: each is a call of the application.
      const shown = rows.find(row => String(row.id) === viewer.query.tab)
      const page = viewer.link(pathOf(request) + (isInSlider(viewer) ? '?IFRAME=Y' : ''))
      return screen.show(reply, viewer, view, {
        title: entry.title,
        active,
        entry,
        shown,
        ...Object.fromEntries(Object.entries(places).map(([name, place]) =>
          [name, rows.filter(({ placement }) => placement === place)])),
        framed: (handlers: PlacementRow[]) => handlers.some(row => row === shown),
        nameOf: (row: PlacementRow) => titleOf(row, viewer),
        address: (row?: PlacementRow) => row ? `${page}&tab=${row.id}` : page,
        comments: content.list(kind === 'deal' ? 'deal-comment' : 'task-comment', String(id)),
        ...(shown && {
          frame: applicationFrame(portal, viewer, shown.placement, { [option]: String(id) },
            shown.handler)
        })
      })
    })
  }
}
