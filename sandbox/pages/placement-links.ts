import type { PlacementRow, Portal } from '../portal.ts'
import type { Viewer } from './viewer.ts'

/** The name of a bound handler in the viewer's language. */
export const titleOf = (row: PlacementRow, { lang }: Viewer): string =>
  row.langAll[lang]?.TITLE.trim() || row.title.trim() || row.placement

/** The page that opens a bound handler with example options. */
export function placementPath (portal: Portal, row: PlacementRow): string {
  if (row.placement !== 'REST_APP_URI') return `/marketplace/placement/${row.id}/`
  return portal.exampleLinks.note ?? `/marketplace/view/${portal.state.application.code}/?params[docId]=42`
}
