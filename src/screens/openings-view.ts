import { describeParams, type ParamLine } from '../describe-params.ts'
import { textIn } from '../placement-registry.ts'
import type { DailyOpenings, LinkReport, UserOpenings } from '../store/opening-store.ts'
import type { ScreenText } from './screen-texts.ts'
import type { Screen } from './screen.ts'

/** One bar of the chart, in units of its view box. */
export interface Bar { x: number, y: number, height: number }

/** A link that was opened, as the home shows it. */
export interface OpeningsLine {
  id: string
  title: string
  params: ParamLine[]
  total: number
  /** Openings on the busiest day */
  most: number
  bars: Bar[]
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

/** In: what is known of a link, the declared screens, their texts and a language. Out: its line on the home. */
export function openingsLine (report: LinkReport, screens: readonly Screen[], textOf: ScreenText, lang: string): OpeningsLine {
  const { id, screen, params = {}, total, days, users = [] } = report
  const title = screens.find(({ name }) => name === screen)?.title
  // A screen that is not declared any more still has its name.
  return { id, title: textOf(screen, 'title') ?? ((title && textIn(title, lang)) || screen), params: describeParams(params), total, users, ...barsOf(days) }
}
