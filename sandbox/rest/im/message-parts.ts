import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

/** Characters of JSON that an attachment may have. */
const MAX_ATTACH = 60_000

/** A parameter that is an object, or the JSON of one; undefined for one that is neither. */
function objectOf (value: unknown): Row | undefined {
  if (typeof value !== 'string') return map(value)
  try {
    const parsed = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null ? map(parsed) : undefined
  } catch {
    return undefined
  }
}

const isGiven = (value: unknown): boolean => text(value) !== '' || Object.keys(map(value)).length > 0

/** Something that stands beside the text of a message: its rows are in the parameter itself, or under `key`. */
interface Part { name: string, key: string, code: string, isRow: (row: Row) => boolean }

const PARTS: Part[] = [
  { name: 'ATTACH', key: 'BLOCKS', code: 'ATTACH_ERROR', isRow: row => Object.keys(row).length > 0 },
  {
    name: 'KEYBOARD',
    key: 'BUTTONS',
    code: 'KEYBOARD_ERROR',
    isRow: ({ TEXT, TYPE }) => text(TEXT) !== '' || TYPE === 'NEWLINE'
  },
  { name: 'MENU', key: 'ITEMS', code: 'MENU_ERROR', isRow: ({ TEXT }) => text(TEXT) !== '' }
]

/**
 * Checks what stands beside the text of a message. Tells whether it has an attachment, which may stand for the text.
 *
 * @throws RestError for a part that the portal would not show
 */
export function checkParts (params: Row): { hasAttach: boolean } {
  for (const { name, key, code, isRow } of PARTS) {
    const given = params[name]
    if (!isGiven(given)) continue
    const part = objectOf(given) ?? {}
    const rows = Object.values(map(part[key] ?? part)).map(map)
    if (!rows.some(isRow)) throw new RestError(code, `Incorrect ${name.toLowerCase()} params`)
  }
  const { ATTACH } = params
  if (isGiven(ATTACH) && JSON.stringify(ATTACH).length > MAX_ATTACH) {
    throw new RestError('ATTACH_OVERSIZE', 'You have exceeded the maximum allowable size of attach')
  }
  return { hasAttach: isGiven(ATTACH) }
}
