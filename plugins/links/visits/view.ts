import type { FastifyInstance } from 'fastify'
import { textIn } from '../../../src/schemas/placement.ts'
import type { FeatureRequest, HomeSection } from '../../placement-dispatch/features.ts'
import { formFields, type FormField } from '../form-fields.ts'
import { screenTexts, type Screen, type ScreenText } from '../screen.ts'
import type { DailyVisits, LinkReport } from './visit-types.ts'

/** A parameter of a link, labelled as in the composer, with its value, or with those of a list. */
interface OpenedParam {
  label: string
  values: string[]
  /** The values are ids of users, whose names the page asks for */
  arePeople?: true
}

/** Of the links that were opened last: a section, not a report. */
const shownLinks = 20
/** Of each link. */
const shownUsers = 20

/** Height of the chart's view box. A bar and the gap after it are two units wide. */
const chartHeight = 24

/** Days with visits as bars on a scale from 0 to `top`; no visit is too low to be seen. */
export function barsOf (days: readonly DailyVisits[], top: number) {
  return days.flatMap(({ times }, day) => {
    const height = Math.max(1, Math.round(times / top * chartHeight))
    return times === 0 ? [] : [{ x: day * 2, y: chartHeight - height, height }]
  })
}

const mostOf = (days: readonly DailyVisits[]): number => Math.max(0, ...days.map(({ times }) => times))

const isGroup = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function paramsOf (value: unknown, label: string, field: FormField | undefined): OpenedParam[] {
  const textOf = (item: unknown) => field?.choices.find(({ value }) => value === String(item))?.title ?? String(item)
  if (isGroup(value) && !Array.isArray(value)) return groupOf(value, field?.fields, `${label} · `)
  const items = [value].flat()
  return items.some(isGroup)
    ? items.flatMap((item, index) => paramsOf(item, `${label} ${index + 1}`, field))
    : [{ label, values: items.map(textOf), ...(field?.pick?.what === 'user' && { arePeople: true }) }]
}

/** A parameter that is not declared any more is shown with its name. */
function groupOf (
  group: Readonly<Record<string, unknown>>, fields: readonly FormField[] = [], above = ''
): OpenedParam[] {
  return Object.entries(group).flatMap(([name, value]) => {
    const field = fields.find(({ path }) => path.at(-1) === name)
    return paramsOf(value, above + (field?.label ?? name), field)
  })
}

/** Formats the first and the last of some days in the language of a BCP 47 tag. */
function endsIn (tag: string): (days: readonly DailyVisits[]) => Array<{ day: string, text: string }> {
  const format = (year: 'numeric' | undefined) =>
    new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', ...(year && { year }), timeZone: 'UTC' })
  const [short, long] = [format(undefined), format('numeric')]
  return days => {
    const ends = days.filter((_, index) => index === 0 || index === days.length - 1)
    const isOneYear = new Set(ends.map(({ day }) => day.slice(0, 4))).size === 1
    return ends.map(({ day }) => ({ day, text: (isOneYear ? short : long).format(Date.parse(day)) }))
  }
}

/**
 * The links of some reports as the home shows them, their charts on one scale, so that links can be compared.
 *
 * @param language a code of Bitrix24, and its BCP 47 tag
 */
export function visitsLines (
  reports: readonly LinkReport[],
  screens: readonly Screen[],
  textOf: ScreenText,
  { lang, tag }: { lang: string, tag: string }
) {
  const endsOf = endsIn(tag)
  const numbers = new Intl.NumberFormat(tag)
  const top = Math.max(1, mostOf(reports.flatMap(({ days }) => days)))
  const opened = new Set(reports.map(({ screen }) => screen))
  const known = new Map(screens.filter(({ name }) => opened.has(name)).map(({ name, title, params }) =>
    [name, { title: textIn(title, lang), fields: formFields(params, key => textOf(name, key)) }]))
  const lines = reports.map(({ id, screen: name, params, total, days, users = [] }) => ({
    id,
    title: textOf(name, 'title') ?? (known.get(name)?.title || name),
    params: groupOf(params, known.get(name)?.fields),
    total: numbers.format(total),
    users: users.slice(0, shownUsers).map(({ userId, times }) => ({ userId, times: numbers.format(times) })),
    hasMoreUsers: users.length > shownUsers,
    most: numbers.format(mostOf(days)),
    bars: barsOf(days, top),
    ends: endsOf(days)
  }))
  return { lines, scale: numbers.formatRange(0, top) }
}

/** The home's section of the links that were opened last, unless nothing is counted. */
export async function visitsSection (
  fastify: FastifyInstance, request: FeatureRequest
): Promise<HomeSection | undefined> {
  const { pages: { i18n }, links: { screens, visits } } = fastify
  if (visits.days === 0) return undefined
  const { lang, portal: { memberId }, user } = request.placement
  const isAdmin = await fastify.portalRest.isAdmin(request)
  const reports = await visits.recent(memberId, shownLinks + 1, { userId: user.id, isAdmin })
  const { tag } = i18n.resolve(lang)
  const shown = reports.slice(0, shownLinks)
  const { lines, scale } = visitsLines(shown, screens(), screenTexts(i18n, lang), { lang, tag })
  const hasMore = reports.length > shownLinks
  const own = { isAdmin, visits: lines, hasMore, scale, visitsDays: visits.days, chartHeight }
  return { view: 'visits', data: own }
}
