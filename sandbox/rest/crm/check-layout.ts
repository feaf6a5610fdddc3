import { RestError } from '../rest-error.ts'
import { map } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

const REQUIRED = ['icon', 'header', 'body']
const KNOWN = [...REQUIRED, 'footer']

/** Maps of a layout, and how many entries they may have. */
const LIMITS: ReadonlyArray<[most: number, ...path: string[]]> = [
  [2, 'header', 'tags'], [20, 'body', 'blocks'], [2, 'footer', 'buttons'], [10, 'footer', 'menu', 'items'],
  [10, 'footer', 'menu', 'sections']
]

/** @throws RestError for a layout that no entry of a timeline can have */
export function checkLayout (layout: Row): void {
  for (const name of REQUIRED) {
    if (Object.keys(map(layout[name])).length === 0) {
      throw new RestError('FIELD_IS_REQUIRED', `The field "${name}" is required`)
    }
  }
  const redundant = Object.keys(layout).find(name => !KNOWN.includes(name))
  if (redundant !== undefined) throw new RestError('FIELD_IS_REDUNDANT', 'The layout has a field that does not exist')
  for (const [most, ...path] of LIMITS) {
    const keys = Object.keys(path.reduce((part, name) => map(part[name]), layout))
    const name = path.join('.')
    if (keys.length > most) throw new RestError('TOO_MANY_ITEMS', `"${name}" may have ${most} items at most`)
    if (!keys.every(key => /^[\w-]+$/.test(key))) {
      throw new RestError('KEY_CONTAIN_WRONG_SYMBOLS', `The keys of "${name}" may have letters, digits, "-" and "_"`)
    }
  }
}
