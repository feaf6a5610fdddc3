import { textIn } from '../placement-registry.ts'
import type { DailyOpenings, LinkReport, UserOpenings } from '../store/opening-store.ts'
import { formFields, type FormField } from './form-fields.ts'
import type { ScreenText } from './screen-texts.ts'
import type { Screen } from './screen.ts'

/** One bar of the chart, in units of its view box. */
export interface Bar { x: number, y: number, height: number }

/** A parameter of a link, as the form of the composer calls it, with its value, or with those of a list. */
export interface OpenedParam { label: string, values: string[] }

/** A link that was opened, as the home shows it. */
export interface OpeningsLine {
  id: string
  title: string
  params: OpenedParam[]
  total: number
  /** Openings on the busiest day */
  most: number
  bars: Bar[]
  /** The first and the last day of the chart: `2026-01-31`, and in words */
  ends: Array<{ day: string, text: string }>
  /** For administrators only */
  users: readonly UserOpenings[]
}

/** Height of the chart's view box. A bar and the gap after it are two units wide. */
export const CHART_HEIGHT = 24

/** Days with openings as bars; the busiest one is as high as the chart, and no opening is too low to be seen. */
export function barsOf (days: readonly DailyOpenings[]): { bars: Bar[], most: number } {
  const most = Math.max(0, ...days.map(({ times }) => times))
  const bars = days.flatMap(({ times }, day) => {
    const height = Math.max(2, Math.round(times / most * CHART_HEIGHT))
    return times === 0 ? [] : [{ x: day * 2, y: CHART_HEIGHT - height, height }]
  })
  return { bars, most }
}

const isGroup = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function paramsOf (value: unknown, label: string, field: FormField | undefined): OpenedParam[] {
  const textOf = (item: unknown) => field?.choices.find(({ value }) => value === String(item))?.title ?? String(item)
  if (!Array.isArray(value)) return isGroup(value) ? groupOf(value, field?.fields, `${label} · `) : [{ label, values: [textOf(value)] }]
  return value.some(isGroup)
    ? value.flatMap((item, index) => paramsOf(item, `${label} ${index + 1}`, field))
    : [{ label, values: value.map(textOf) }]
}

/** What is not declared any more still has its name. */
function groupOf (group: Readonly<Record<string, unknown>>, fields: readonly FormField[] = [], above = ''): OpenedParam[] {
  return Object.entries(group).flatMap(([name, value]) => {
    const field = fields.find(({ path }) => path.at(-1) === name)
    return paramsOf(value, above + (field?.label ?? name), field)
  })
}

function endsOf (days: readonly DailyOpenings[], tag: string): OpeningsLine['ends'] {
  const ends = days.filter((_, index) => index === 0 || index === days.length - 1)
  const isOneYear = new Set(ends.map(({ day }) => day.slice(0, 4))).size === 1
  const format = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', ...(!isOneYear && { year: 'numeric' }), timeZone: 'UTC' })
  return ends.map(({ day }) => ({ day, text: format.format(Date.parse(day)) }))
}

/** In: what is known of a link, the declared screens, their texts, and a language: of Bitrix24, and its BCP 47 tag. Out: its line on the home. */
export function openingsLine (report: LinkReport, screens: readonly Screen[], textOf: ScreenText, { lang, tag }: { lang: string, tag: string }): OpeningsLine {
  const { id, screen: name, params = {}, total, days, users = [] } = report
  const screen = screens.find(screen => screen.name === name)
  return {
    id,
    title: textOf(name, 'title') ?? ((screen && textIn(screen.title, lang)) || name),
    params: groupOf(params, screen && formFields(screen.params, key => textOf(name, key))),
    total,
    users,
    ...barsOf(days),
    ends: endsOf(days, tag)
  }
}
