import type { PlacementRow, Portal } from '../portal.ts'
import { placementPath, titleOf } from './placement-links.ts'
import type { Viewer } from './viewer.ts'

/** What to click first: some words, and the link among them. */
interface FirstStep { before: string, name: string, path: string, after: string }

/** Where its handlers are seen among what they belong to; other handlers open from the list of placements. */
const ENTRIES: Partial<Record<string, { path: string, kind: 'deal' | 'task', id: number }>> = {
  CRM_DEAL_DETAIL_TAB: { path: '/crm/deal/details/8061/', kind: 'deal', id: 8061 },
  TASK_VIEW_TAB: { path: '/tasks/task/view/31/', kind: 'task', id: 31 }
}

function stepOf (portal: Portal, viewer: Viewer, row: PlacementRow): FirstStep | undefined {
  const { path, kind, id } = ENTRIES[row.placement] ?? {}
  const title = titleOf(row, viewer)
  if (path === undefined || kind === undefined) {
    return { before: 'Open', name: title, path: placementPath(portal, row), after: ': a page of the application.' }
  }
  const entry = portal.content.find(kind, Number(id))
  return entry && {
    before: `Open the ${kind}`,
    name: entry.title,
    path: viewer.link(`${path}?tab=${row.id}`),
    after: `: its tab “${title}” is a page of the application.`
  }
}

/** What somebody who sees the portal for the first time can do with this application. */
export function startHere (portal: Portal, viewer: Viewer) {
  const { note, approval } = portal.exampleLinks
  const { application, trouble } = portal.state
  const rows = portal.placements.filter(({ placement }) => placement !== 'REST_APP_URI')
  const row = rows.find(({ placement }) => placement in ENTRIES) ?? rows[0]
  const first: FirstStep | undefined = note === undefined
    ? row && stepOf(portal, viewer, row)
    : { before: 'Click', name: 'Delivery note 42', path: note, after: ': the application opens over the feed.' }
  // The administrator asks a colleague, who answers the administrator.
  const { admin, employee } = portal.users
  const isAdmin = viewer.user.id === admin.id
  const other = isAdmin ? employee : admin
  const appLink = { name: application.name, path: viewer.link(portal.appPath) }
  return {
    first: first ?? { before: 'Open', ...appLink, after: ': the page of the application.' },
    appLink,
    hasApproval: approval !== undefined,
    hasScreens: (portal.screens ?? []).length > 0,
    isServerDown: trouble.authorizationServer === 'down',
    panelPath: viewer.link('/sandbox/panel/'),
    isAdmin,
    // Where what they have sent to each other arrives
    chatPath: viewer.link(`/messenger/?dialog=${other.id}`),
    other: {
      name: other.name,
      chatPath: `/messenger/?dialog=${viewer.user.id}&lang=${viewer.lang}&user=${other.id}`
    }
  }
}
