import { readFileSync } from 'node:fs'
import type { Portal } from '../../../sandbox/index.ts'

type NewEntry = Parameters<Portal['content']['add']>[0]

/** The example in the documentation of a method: the parameters of the request, and what the portal answers. */
export interface Example {
  method: string
  params: Record<string, unknown>
  answer: Record<string, unknown>
}

/** How the sandbox comes to the documented answer of a method. */
export interface Row {
  /** Name of the example; that of REST 3.0 begins with `v3.` */
  name: string
  seed?: (portal: Portal) => void
  /** What the sandbox has in place of parameters that name something of the portal of the example. */
  params?: Record<string, unknown>
  /** The answer is the documented one, but for these fields. */
  own?: string[]
  /** The shape of the answer is the documented one, but for this. */
  differs?: string[]
  /** The example does not show all that portals answer. */
  isPart?: boolean
}

/** Keeps an entry of the example, in place of what an earlier example has left under its number. */
export const keep = (entry: NewEntry & { id: number }) => ({ content }: Portal): void => {
  const before = content.find(entry.kind, entry.id)
  if (before) content.remove(before)
  content.add(entry)
}

/** Keeps several entries. */
export const all = (...seeds: Array<(portal: Portal) => void>) => (portal: Portal): void => {
  for (const seed of seeds) seed(portal)
}

/** The example in test/fixtures/rest/ with this name. */
export const exampleOf = (name: string): Example =>
  JSON.parse(readFileSync(new URL(`../../fixtures/rest/${name}.json`, import.meta.url), 'utf8'))

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Custom fields and those of smart processes are of the portal of the example. */
const isOfPortal = (key: string): boolean => /^(uf_?crm_?\d|parent_?id_?\d)/i.test(key)

/** Whether the keys are numbers of records, so that each value stands for all of them. */
const isById = (value: object): boolean => Object.keys(value).every(key => /^\d+$/.test(key))

/**
 * Where the shape of an answer is not that of the documented one: keys that only one of them has, and values of another
 * JSON type. Null and empty lists are values that are not there; PHP has no empty objects.
 */
export function differences (documented: unknown, actual: unknown, path = ''): string[] {
  if (documented === null || actual === null) return []
  if (!isContainer(documented) || !isContainer(actual)) {
    return typeof documented === typeof actual ? [] : [`${path}: ${typeof actual}, documented is ${typeof documented}`]
  }
  const [expected, values] = [Object.values(documented), Object.values(actual)]
  if (expected.length === 0 || values.length === 0) return []
  if (Array.isArray(documented) !== Array.isArray(actual)) return [`${path}: not a list as documented`]
  if (isById(documented)) {
    return values.flatMap((value, index) => differences(expected[index] ?? expected.at(-1), value, path))
  }
  const [inBoth, inOne] = [Object.entries(actual), Object.entries(documented)]
    .map(entries => entries.filter(([key]) => !isOfPortal(key)))
  const there = new Map(inBoth)
  const known = new Map(inOne)
  return [
    ...[...known].flatMap(([key, value]) => there.has(key)
      ? differences(value, there.get(key), `${path}.${key}`)
      : [`${path}.${key}: missing`]),
    ...[...there.keys()].filter(key => !known.has(key)).map(key => `${path}.${key}: not documented`)
  ]
}

/** Differences but for what the example does not show: several pages leave out what a portal answers beside it. */
export const lacks = (documented: unknown, actual: unknown): string[] =>
  differences(documented, actual).filter(text => !text.endsWith(': not documented'))

/** The documented value with what the portal has of its own: the values of `own` fields are those of the answer. */
export function withOwn (documented: unknown, actual: unknown, own: readonly string[]): unknown {
  if (!isContainer(documented) || !isContainer(actual)) return documented
  const there = new Map(Object.entries(actual))
  const entries = Object.entries(documented).map(([key, value]) =>
    [key, own.includes(key) ? there.get(key) : withOwn(value, there.get(key), own)])
  return Array.isArray(documented) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
}
