import { map, text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { V3Error } from './v3-error.ts'

const MAX_COMMANDS = 50

const badSelect = (expression: string): V3Error =>
  new V3Error('INVALIDSELECT', `Unable to parse select expression \`${expression}\``)

/** What a path such as `task.id` leads to among the answers so far. */
const follow = (found: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, step) => {
    const inside = map(value)
    if (!Object.hasOwn(inside, step)) throw badSelect(`Path '${path}' not found in context`)
    return inside[step]
  }, found)

/** The value of a parameter with what it refers to: `{$ref: 'task.id'}`, `{$refArray: 'tasks.id'}`. */
function resolve (value: unknown, earlier: Row): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: unknown) => resolve(item, earlier))
  const { $ref, $refArray } = map(value)
  if (typeof $ref === 'string') return follow(earlier, $ref)
  if (typeof $refArray === 'string') {
    const [alias = '', field = ''] = $refArray.split('.')
    return Object.values(map(follow(earlier, alias))).map(item => follow(item, field))
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, earlier)]))
}

/**
 * Runs a list of commands `{method, query, as}`, and gives the list of what they answer. The first that fails fails
 * them all.
 *
 * @throws V3Error of that command, or when there are too many
 */
export function batchV3 (commands: Row, run: (method: string, params: Row) => object): object {
  const earlier: Row = {}
  const all = Object.values(commands).map(map)
  if (all.length > MAX_COMMANDS) {
    throw new V3Error('VALIDATION_REQUESTVALIDATION', `A batch has ${MAX_COMMANDS} commands at most`)
  }
  return all.map(({ method, query, as }, index) => {
    const name = text(as ?? index)
    if (typeof method !== 'string' || Object.hasOwn(earlier, name)) throw badSelect(name)
    const answer = run(method, map(resolve(map(query), earlier)))
    // A path begins within what was asked for.
    earlier[name] = map(answer).item ?? map(answer).items
    return answer
  })
}
