import type { FastifyInstance } from 'fastify'
import { findScreens } from '../example-links.ts'
import { openable } from '../placement-catalogue.ts'
import { familiesOf } from './placement-families.ts'
import { placementPath, titleOf } from './placement-links.ts'
import { nearCodes, readOptions } from './placement-options.ts'
import type { Screen } from './screen.ts'
import { viewerOf } from './viewer.ts'

/**
 * The list of what is bound, and of every placement that the portal knows, each to be opened with options of one's own.
 */
export function placementPages (app: FastifyInstance, { portal, show }: Screen): void {
  app.get('/placements/', async (request, reply) => {
    await findScreens(portal)
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
      rows: portal.placements.map(row => ({ ...row, name: titleOf(row, viewer), path: placementPath(portal, row) })),
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
