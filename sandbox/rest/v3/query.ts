import { map, text } from '../rest-method.ts'
import { filterRows, orderRows, type Row } from '../select-rows.ts'
import { checkField } from './dto.ts'
import type { Dto } from './dto.ts'
import { invalid, V3Error } from './v3-error.ts'

/** What the operators are in the filters of older methods. */
const PREFIXES: Record<string, string> = {
  '=': '=', '!=': '!=', '>': '>', '>=': '>=', '<': '<', '<=': '<=', in: '@', between: '>='
}

const badFilter = (): V3Error => new V3Error('INVALIDFILTER', 'Unable to recognize the filter expression')

/** The rows that a condition `[field, operator, value]`, or `[field, value]`, lets through. */
function meeting (dto: Dto, rows: Row[], condition: unknown[]): Row[] {
  const [field, ...others] = condition
  if (typeof field !== 'string' || others.length < 1 || others.length > 2) throw badFilter()
  checkField(dto, field)
  if (!dto.filterable.includes(field)) {
    throw invalid(field, `In DTO \`${dto.name}\`, the \`${field}\` field requires the \`Filterable\` attribute for ` +
      'such a request')
  }
  const [operator, value]: unknown[] = others.length === 2 ? others : [Array.isArray(others[0]) ? 'in' : '=', others[0]]
  const prefix = PREFIXES[String(operator)]
  if (prefix === undefined) {
    throw new V3Error('UNKNOWNFILTEROPERATOR', `Unknown filter operator \`${String(operator)}\``)
  }
  if (operator !== 'between') return filterRows(rows, { [prefix + field]: value })
  const [from, to] = Object.values(map(value))
  return filterRows(rows, { [`>=${field}`]: from, [`<=${field}`]: to })
}

/** The rows that all conditions let through, or one of them if the logic is `or`. */
function passing (dto: Dto, rows: Row[], conditions: unknown, logic: unknown): Row[] {
  if (!Array.isArray(conditions)) throw badFilter()
  const passed = conditions.map((node: unknown) => {
    if (Array.isArray(node)) return new Set(meeting(dto, rows, node))
    const { conditions: inner, logic, negative } = map(node)
    const found = new Set(passing(dto, rows, inner, logic))
    return negative === true ? new Set(rows.filter(row => !found.has(row))) : found
  })
  return rows.filter(row => text(logic).toLowerCase() === 'or'
    ? passed.some(found => found.has(row))
    : passed.every(found => found.has(row)))
}

function ordered (dto: Dto, rows: Row[], order: unknown): Row[] {
  const directions = Object.entries(map(order))
  for (const [field, direction] of directions) {
    checkField(dto, field)
    if (!dto.sortable.includes(field) || !/^(ASC|DESC)$/i.test(text(direction))) {
      throw new V3Error('INVALIDORDER', `Unable to recognize sorting parameter \`${JSON.stringify(order)}\``)
    }
  }
  return orderRows(rows, directions.length > 0 ? order : { id: 'ASC' })
}

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 1000

function paged (rows: Row[], pagination: unknown): Row[] {
  const { page = 1, limit = DEFAULT_LIMIT, offset } = map(pagination)
  const numbers = [page, limit, offset ?? 0].map(Number)
  const [pageNumber = 1, size = DEFAULT_LIMIT, given = 0] = numbers
  if (!numbers.every(number => Number.isInteger(number) && number >= 0) || size === 0) {
    throw new V3Error('INVALIDPAGINATION',
      `Unable to recognize the pagination parameter \`${JSON.stringify(pagination)}\``)
  }
  const count = Math.min(size, MAX_LIMIT)
  const first = given > 0 ? given : Math.max(0, pageNumber - 1) * count
  return rows.slice(first, first + count)
}

/**
 * The page of rows that a call of a list method asks for.
 *
 * @throws V3Error when it filters, sorts or pages by what there is not
 */
export function queryRows (dto: Dto, rows: Row[], { FILTER = [], ORDER, PAGINATION }: Row): Row[] {
  return paged(ordered(dto, passing(dto, rows, FILTER, 'and'), ORDER), PAGINATION)
}
