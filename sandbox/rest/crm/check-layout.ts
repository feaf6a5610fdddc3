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

const sizeOf = (value: unknown): number => Object.keys(map(value)).length

/** @throws RestError for a layout that no entry of a timeline can have */
export function checkLayout (layout: Row): void {
  const refuse = (code: string, name: string): never => { throw new RestError(code, `Wrong layout: "${name}"`) }
  for (const name of REQUIRED) if (sizeOf(layout[name]) === 0) refuse('FIELD_IS_REQUIRED', name)
  if (Object.keys(layout).some(name => !KNOWN.includes(name))) refuse('FIELD_IS_REDUNDANT', 'layout')
  for (const [most, ...path] of LIMITS) {
    const part = path.reduce((outer, name) => map(outer[name]), layout)
    if (sizeOf(part) > most) refuse('TOO_MANY_ITEMS', path.join('.'))
    if (!Object.keys(part).every(key => /^[\w-]+$/.test(key))) refuse('KEY_CONTAIN_WRONG_SYMBOLS', path.join('.'))
  }
}
