import { handlerKey, isBare, isHandlerName, matchesPattern } from '../../src/schemas/placement-code.ts'
import type { PlacementDeclaration } from '../placement-dispatch/declaration.ts'
import type { RestCommand } from '../portal-rest/rest-interface.ts'
import { addressOf, bindParams, iconHash, isSame, textOf } from './bind-params.ts'
import type { EventRow, PlacementRow } from './portal-rows.ts'

/** The lifecycle events that the service needs. */
export const lifecycleEvents = ['ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPUNINSTALL'] as const

/** Where Bitrix24 reaches the service. */
export interface Addresses {
  handler: string
  events: string
  /** Where the portal reports that it has removed the background worker; not kept of the last installation */
  workerErrors?: string
}

// The application's card and imconnector.register name the handlers of these.
const elsewhere = new Set(['DEFAULT', 'SETTING_CONNECTOR'])
// More changes than any application makes.
const maxChanges = 200

/** Whether installations bind it. */
export const isBindable = ({ code, bind }: PlacementDeclaration): boolean => bind !== false && !elsewhere.has(code)

/** The codes to bind: what is declared, families replaced by the members that the portal offers. */
export function bindable (
  declarations: readonly PlacementDeclaration[], offered: readonly string[]
): PlacementDeclaration[] {
  const wanted = declarations.filter(isBindable)
  const exact = wanted.filter(({ code }) => !code.includes('*'))
  const own = new Set(declarations.map(({ code, name }) => handlerKey(code, name)))
  const members = wanted.filter(({ code }) => code.includes('*')).flatMap(family => offered
    .filter(code => matchesPattern(family.code, code) && !own.has(handlerKey(code, family.name)) && !isBare(code))
    .map(code => ({ ...family, code })))
  return [...exact, ...members.slice(0, maxChanges)]
}

/** Whether a bound placement is declared with `bind: false`. An exact code wins over a family. */
export function isLeftAlone (row: PlacementRow, declarations: readonly PlacementDeclaration[], handler: string) {
  const named = declarations.filter(({ name }) => row.handler === addressOf(handler, name))
  const declared = named.find(({ code }) => code === row.placement) ??
    named.find(({ code }) => matchesPattern(code, row.placement))
  return declared?.bind === false
}

/**
 * The commands that lead from what is bound to what is declared, in the order in which they have to run: a placement
 * that takes one handler only is freed before it is bound again.
 *
 * Ours are the rows with our address or the one of the last installation, with the name of a handler or without, and
 * every row of a placement that takes a single handler.
 *
 * @param lastIcons hashes of the icons that were bound
 */
export function planPlacements (
  desired: readonly PlacementDeclaration[], rows: readonly PlacementRow[], handler: string, lastHandler: string | null,
  lastIcons: Readonly<Record<string, string>> = {}
): Record<string, RestCommand> {
  const isFor = (one: PlacementDeclaration, row: PlacementRow) =>
    one.code === row.placement && (one.userId ?? 0) === Number(textOf(row.userId))
  const isKept = (one: PlacementDeclaration, row: PlacementRow) =>
    isFor(one, row) && row.handler === addressOf(handler, one.name) && isSame(one, row) &&
    iconHash(one) === lastIcons[handlerKey(one.code, one.name)]
  const isOurs = (row: PlacementRow) => isAddress(row.handler, handler) || isAddress(row.handler, lastHandler) ||
    (singleHandler.has(row.placement) && desired.some(one => isFor(one, row)))
  const wrong = rows.filter(row => isOurs(row) && !desired.some(one => isKept(one, row))).slice(0, maxChanges)
  const missing = desired.filter(one => !rows.some(row => isKept(one, row)))
  return {
    ...toCommands(wrong.map((row, index) =>
      [`unbind_${index}`, 'placement.unbind', { PLACEMENT: row.placement, HANDLER: row.handler }])),
    ...toCommands(missing.map(one =>
      [`bind_${handlerKey(one.code, one.name)}`, 'placement.bind', bindParams(one, handler)]))
  }
}

/** Whether a row has this address, for any of the handlers that there are or were. */
const isAddress = (bound: string, handler: string | null): boolean =>
  bound === handler || (handler !== null && bound.startsWith(addressOf(handler, '')) &&
    isHandlerName(bound.slice(addressOf(handler, '').length)))

/** The same for the lifecycle events. An update keeps their handlers; on old portals it drops them. */
export function planEvents (
  rows: readonly EventRow[], handler: string, lastHandler: string | null
): Record<string, RestCommand> {
  const isBound = (event: string, address: string | null) =>
    rows.some(row => row.event.toUpperCase() === event && row.handler === address)
  const moved = handler === lastHandler ? [] : lifecycleEvents.filter(event => isBound(event, lastHandler))
  const missing = lifecycleEvents.filter(event => !isBound(event, handler))
  return {
    ...toCommands(moved.map(event => [`unbind_${event}`, 'event.unbind', { event, handler: lastHandler }])),
    ...toCommands(missing.map(event => [`bind_${event}`, 'event.bind', { event, handler }]))
  }
}

type CommandEntry = [key: string, method: string, params: Record<string, unknown>]
const toCommands = (entries: CommandEntry[]): Record<string, RestCommand> =>
  Object.fromEntries(entries.map(([key, method, params]) => [key, { method, params }]))

// max_count 1 in the portal, of the worker for each user: a second is refused with ERROR_PLACEMENT_MAX_COUNT.
const singleHandler = new Set(['REST_APP_URI', 'PAGE_BACKGROUND_WORKER'])

/** Gives the background worker an address for its errors, unless it names one: a portal refuses it without. */
export function withWorkerErrors (
  declaration: PlacementDeclaration, { workerErrors }: Addresses
): PlacementDeclaration {
  if (declaration.code !== 'PAGE_BACKGROUND_WORKER' || workerErrors === undefined) return declaration
  return { ...declaration, bindOptions: { errorHandlerUrl: workerErrors, ...declaration.bindOptions } }
}
