import { hash } from 'node:crypto'
import { handlerKey, isBare, isHandlerName, matchesPattern } from '../../src/schemas/placement-code.ts'
import type { Texts } from '../../src/schemas/placement.ts'
import type { PlacementDeclaration } from '../placement-dispatch/declaration.ts'
import type { RestCommand } from '../portal-rest/rest-interface.ts'
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

/** The codes to bind: what is declared, families replaced by the members that the portal offers. */
export function bindable (
  declarations: readonly PlacementDeclaration[], offered: readonly string[]
): PlacementDeclaration[] {
  const wanted = declarations.filter(({ bind }) => bind !== false)
  const exact = wanted.filter(({ code }) => !code.includes('*') && !elsewhere.has(code))
  const own = new Set(declarations.map(({ code, name }) => handlerKey(code, name)))
  const members = wanted.filter(({ code }) => code.includes('*')).flatMap(family => offered
    .filter(code => matchesPattern(family.code, code) && !own.has(handlerKey(code, family.name)) && !isBare(code))
    .map(code => ({ ...family, code })))
  return [...exact, ...members.slice(0, maxChanges)]
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

/** Tells an icon from another one; undefined: there is none. */
export const iconHash = ({ icon }: PlacementDeclaration): string | undefined =>
  icon && hash('sha256', icon.join('\n'), 'base64url').slice(0, 16)

/** Where the portal reaches one of several handlers. */
const addressOf = (handler: string, name?: string): string =>
  name === undefined ? handler : `${handler}?handler=${name}`

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

function bindParams (declaration: PlacementDeclaration, handler: string): Record<string, unknown> {
  const langAll = toLangAll(declaration)
  return {
    PLACEMENT: declaration.code,
    HANDLER: addressOf(handler, declaration.name),
    ...(declaration.userId !== undefined && { USER_ID: declaration.userId }),
    ...(declaration.icon !== undefined && { ICON: { fileData: declaration.icon } }),
    ...(langAll !== undefined && { LANG_ALL: langAll }),
    ...(declaration.bindOptions !== undefined && { OPTIONS: declaration.bindOptions })
  }
}

/** Gives the background worker an address for its errors, unless it names one: a portal refuses it without. */
export function withWorkerErrors (
  declaration: PlacementDeclaration, { workerErrors }: Addresses
): PlacementDeclaration {
  if (declaration.code !== 'PAGE_BACKGROUND_WORKER' || workerErrors === undefined) return declaration
  return { ...declaration, bindOptions: { errorHandlerUrl: workerErrors, ...declaration.bindOptions } }
}

const fields = { title: 'TITLE', description: 'DESCRIPTION', groupName: 'GROUP_NAME' } as const

/** LANG_ALL of placement.bind: texts by language. A text for all languages is under `en`, every portal's fallback. */
function toLangAll (declaration: PlacementDeclaration): Record<string, Record<string, string>> | undefined {
  const langAll: Record<string, Record<string, string>> = {}
  for (const [field, name] of Object.entries(fields)) {
    const texts: Texts = declaration[field as keyof typeof fields] ?? {}
    for (const [lang, text] of Object.entries(typeof texts === 'string' ? { en: texts } : texts)) {
      langAll[lang] = { ...langAll[lang], [name]: text }
    }
  }
  return Object.keys(langAll).length === 0 ? undefined : langAll
}

/** '' for null and what holds others: some objects of JSON throw where a text is wanted, such as {"toString":1}. */
const textOf = (value: unknown): string => typeof value === 'object' ? '' : String(value ?? '')

/** Whether the row says what the declaration says. Texts that the declaration does not name are left to the portal. */
function isSame (declaration: PlacementDeclaration, row: PlacementRow): boolean {
  const bound: Record<string, unknown> = { ...row.langAll }
  const isBound = (lang: string, name: string, text: string) =>
    Object.entries({ ...bound[lang] as object }).some(([key, value]) => key === name && value === text)
  const textsAgree = Object.entries(toLangAll(declaration) ?? {}).every(([lang, texts]) =>
    Object.entries(texts).every(([name, text]) => isBound(lang, name, text)))
  const options: Record<string, unknown> = { ...row.options }
  const wanted = Object.entries(declaration.bindOptions ?? {})
  return textsAgree && wanted.every(([key, value]) => textOf(options[key]) === String(value))
}
