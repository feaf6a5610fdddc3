import type { FastifyInstance } from 'fastify'
import { openable } from '../placement-catalogue.ts'
import type { PlacementRow, Portal } from '../portal.ts'
import { familiesOf } from './placement-families.ts'
import { nearCodes, readOptions } from './placement-options.ts'
import type { Screen } from './screen.ts'
import { viewerOf } from './viewer.ts'

/** The page that opens a bound handler with example options. */
function placementPath (portal: Portal, row: PlacementRow): string {
  if (row.placement !== 'REST_APP_URI') return `/marketplace/placement/${row.id}/`
  return `/marketplace/view/${portal.state.application.code}/?params[test]=y&params[docId]=42`
}

/**
 * The list of what is bound, and of every placement that the portal knows, each to be opened with options of one's own.
 */
export function placementPages (app: FastifyInstance, { portal, show }: Screen): void {
  app.get('/placements/', (request, reply) => {
    const viewer = viewerOf(portal, request)
    const { code, options, find } = viewer.query
    const { fault } = readOptions(options)
    // The form comes back with what was typed: with the fault under it, or with a link to the slider, which opens by
    // itself.
    const chosen = typeof code === 'string' && typeof options === 'string' && openable.has(code)
      ? { code, options, fault }
      : undefined
    const wanted = typeof find === 'string' ? find.trim() : ''
    return show(reply.code(chosen?.fault === undefined ? 200 : 400), viewer, 'placements', {
      title: 'Placements',
      active: 'placements',
      rows: portal.placements.map(row => ({ ...row, path: placementPath(portal, row) })),
      families: familiesOf(openable.keys(), wanted),
      count: openable.size,
      wanted,
      near: nearCodes(wanted),
      chosen,
      bound: new Set(portal.placements.map(({ placement }) => placement)),
      textOf: (of: string) => chosen?.code === of ? chosen.options : JSON.stringify(openable.get(of), null, 2)
    })
  })
}
