import { visible } from '../../src/commands/command.ts'
import { parseLine } from '../service-log.ts'
import type { LogLine } from '../service-log.ts'

/** What every line has, or what only programs need. */
const LEFT_OUT = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'err', 'reqId', 'member', 'method', 'route',
  'status', 'outcome', 'placement', 'screen', 'ms'])

const NAMES = new Map([[10, 'trace'], [20, 'debug'], [40, 'warning'], [50, 'error'], [60, 'fatal']])

type Colour = 'dim' | 'red' | 'yellow'
const CODES: Record<Colour, number> = { dim: 2, red: 31, yellow: 33 }

type Line = LogLine & { time?: number, method?: string, path?: string, ms?: number, screen?: string, err?: unknown }

/** `POST /placement 200 CRM_DEAL_DETAIL_TAB 12 ms`, and why it was refused. */
function callOf ({ method, route, path, status, placement, screen, outcome, ms }: Line): string {
  const why = outcome === 'answered' ? undefined : outcome
  return [method, route ?? path, status, placement, screen, why, `${ms} ms`]
    .filter(part => part !== undefined).join(' ')
}

/** Files of the application in the stack of an error are what its author looks for. */
function stackOf (err: unknown): string[] {
  const { stack } = Object(err) as { stack?: unknown }
  if (typeof stack !== 'string') return []
  return visible(stack).split('\n')
    .filter(line => !/^\s+at .*(?:node:|\/node_modules\/)/.test(line))
    .map(line => `    ${line}`)
}

/**
 * A line of the service's log for people, or what else it printed as it is.
 *
 * @param colours whether a terminal shows it
 */
export function formatLine (text: string, colours: boolean): string {
  const paint = (colour: Colour, text: string) => colours ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text
  const line: Line | undefined = parseLine(text)
  if (line === undefined) return text
  const { level, time, msg = '', err } = line
  const name = NAMES.get(level)
  const isCall = msg === 'call'
  const fields = Object.entries(line).filter(([field]) => !LEFT_OUT.has(field) && !(isCall && field === 'path'))
    .map(([field, value]) => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const said = visible([isCall ? callOf(line) : msg, ...fields].join(' '))
  const clock = paint('dim', new Date(time ?? Date.now()).toTimeString().slice(0, 8))
  const colour = level >= 50 || (isCall && Number(line.status) >= 500) ? 'red' : level >= 40 ? 'yellow' : undefined
  const sentence = `${name === undefined ? '' : `${name}: `}${said}`
  return [`${clock} ${colour === undefined ? sentence : paint(colour, sentence)}`, ...stackOf(err)].join('\n')
}
