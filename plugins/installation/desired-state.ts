import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { isBare, matchesPattern, type PlacementDeclaration } from '../placement-dispatch/registry.ts'
import type { Texts } from '../../src/schemas/placement.ts'
import type { RestCommand } from '../portal-rest/portal-rest.ts'

/** Lifecycle events the service lives by. */
export const lifecycleEvents = ['ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPUNINSTALL'] as const

/** Where Bitrix24 reaches the service. */
export interface Addresses {
  handler: string
  events: string
  /** Where the portal says that it has removed its background worker */
  workerErrors?: string
}

// An empty map of PHP arrives as a list.
const EmptyList = Type.Array(Type.Unknown())
const PlacementRowSchema = Type.Object({
  placement: Type.String(),
  handler: Type.String(),
  options: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), EmptyList])),
  title: Type.Optional(Type.Unknown()),
  langAll: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())), EmptyList]))
})
/** A row of placement.get. Source: Bitrix24 REST docs, api-reference/widgets/placement-get.md. */
export type PlacementRow = Static<typeof PlacementRowSchema>
const EventRowSchema = Type.Object({ event: Type.String(), handler: Type.String() })
/** A row of event.get that has a handler. Source: Bitrix24 REST docs, api-reference/events/event-get.md. */
export type EventRow = Static<typeof EventRowSchema>

/** Reads what placement.get answered, leaving out what is no row. */
export const toPlacementRows = (answer: unknown): PlacementRow[] => toList(answer).filter(row => Value.Check(PlacementRowSchema, row))
/** Reads what event.get answered, leaving out offline events. */
export const toEventRows = (answer: unknown): EventRow[] => toList(answer).filter(row => Value.Check(EventRowSchema, row))
/** Reads what placement.list answered. */
export const toCodes = (answer: unknown): string[] => toList(answer).filter(code => typeof code === 'string')
// More than any portal has of rows, and than any application changes. Beyond them nobody looks: a portal may answer anything.
const maxRows = 1000
const maxChanges = 200
const toList = (answer: unknown): unknown[] => Array.isArray(answer) ? answer.slice(0, maxRows) : []

// The application's card and imconnector.register name the handlers of these.
const elsewhere = new Set(['DEFAULT', 'SETTING_CONNECTOR'])

/** The codes to bind: what is declared, families replaced by the members that the portal offers. */
export function bindable (declarations: readonly PlacementDeclaration[], offered: readonly string[]): PlacementDeclaration[] {
  const exact = declarations.filter(({ code, bind }) => !code.includes('*') && !elsewhere.has(code) && bind !== false)
  const own = new Set(declarations.map(({ code }) => code))
  const members = declarations.filter(({ code, bind }) => code.includes('*') && bind !== false).flatMap(family =>
    offered.filter(code => !own.has(code) && !isBare(code) && matchesPattern(family.code, code)).map(code => ({ ...family, code })))
  return [...exact, ...members.slice(0, maxChanges)]
}

/**
 * The commands that lead from what is bound to what is declared, in the order in which they have to run: a place that takes one
 * handler only is free before it is bound again. Nothing to do, no commands.
 *
 * In: the declarations to bind, the rows of placement.get, our address, and the address of the last installation.
 * Ours are the rows with one of these two addresses, and every row of a placement that takes a single handler.
 */
export function planPlacements (desired: readonly PlacementDeclaration[], rows: readonly PlacementRow[], handler: string, lastHandler: string | null): Record<string, RestCommand> {
  const keeps = (row: PlacementRow) => row.handler === handler && desired.some(declaration => declaration.code === row.placement && isSame(declaration, row))
  const isOurs = (row: PlacementRow) => row.handler === handler || row.handler === lastHandler || (singleHandler.has(row.placement) && desired.some(({ code }) => code === row.placement))
  const wrong = rows.filter(row => isOurs(row) && !keeps(row)).slice(0, maxChanges)
  const missing = desired.filter(({ code }) => !rows.some(row => row.placement === code && keeps(row)))
  return {
    ...Object.fromEntries(wrong.map((row, index) => [`unbind_${index}`, { method: 'placement.unbind', params: { PLACEMENT: row.placement, HANDLER: row.handler } }])),
    ...Object.fromEntries(missing.map(declaration => [`bind_${declaration.code}`, { method: 'placement.bind', params: bindParams(declaration, handler) }]))
  }
}

/** The same for the lifecycle events. An update of the application keeps their handlers, or, on older portals, drops them. */
export function planEvents (rows: readonly EventRow[], handler: string, lastHandler: string | null): Record<string, RestCommand> {
  const bound = (event: string, address: string | null) => rows.some(row => row.event.toUpperCase() === event && row.handler === address)
  const moved = handler === lastHandler ? [] : lifecycleEvents.filter(event => bound(event, lastHandler))
  return {
    ...Object.fromEntries(moved.map(event => [`unbind_${event}`, { method: 'event.unbind', params: { event, handler: lastHandler } }])),
    ...Object.fromEntries(lifecycleEvents.filter(event => !bound(event, handler)).map(event => [`bind_${event}`, { method: 'event.bind', params: { event, handler } }]))
  }
}

// max_count 1 in the portal: a second handler would be refused with ERROR_PLACEMENT_MAX_COUNT.
const singleHandler = new Set(['REST_APP_URI', 'PAGE_BACKGROUND_WORKER'])

function bindParams (declaration: PlacementDeclaration, handler: string): Record<string, unknown> {
  const langAll = toLangAll(declaration)
  return {
    PLACEMENT: declaration.code,
    HANDLER: handler,
    ...(langAll !== undefined && { LANG_ALL: langAll }),
    ...(declaration.bindOptions !== undefined && { OPTIONS: declaration.bindOptions })
  }
}

/** A background worker is bound with an address for its errors, without which the portal refuses it; one that its declaration names stays. */
export function withWorkerErrors (declaration: PlacementDeclaration, { workerErrors }: Addresses): PlacementDeclaration {
  return declaration.code === 'PAGE_BACKGROUND_WORKER' && workerErrors !== undefined
    ? { ...declaration, bindOptions: { errorHandlerUrl: workerErrors, ...declaration.bindOptions } }
    : declaration
}

const fields = { title: 'TITLE', description: 'DESCRIPTION', groupName: 'GROUP_NAME' } as const

/** LANG_ALL of placement.bind: texts by language. A text for all languages stands under `en`, which every portal falls back to. */
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

/** Does the row say what the declaration says? Texts that a declaration does not name are the portal's business. */
function isSame (declaration: PlacementDeclaration, row: PlacementRow): boolean {
  const bound: Record<string, unknown> = { ...row.langAll }
  const textsAgree = Object.entries(toLangAll(declaration) ?? {}).every(([lang, texts]) =>
    Object.entries(texts).every(([name, text]) => Object.entries({ ...bound[lang] as object }).some(([key, value]) => key === name && value === text)))
  const options: Record<string, unknown> = { ...row.options }
  return textsAgree && Object.entries(declaration.bindOptions ?? {}).every(([key, value]) => String(options[key]) === String(value))
}
