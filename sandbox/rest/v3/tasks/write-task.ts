import type { Portal } from '../../../portal.ts'
import { map, text } from '../../rest-method.ts'
import type { RestCall } from '../../rest-method.ts'
import type { Row } from '../../select-rows.ts'
import { checkField } from '../dto.ts'
import { requestError, violationError, type Violation } from '../v3-error.ts'
import { TASK } from './task-dto.ts'
import { KEPT } from './task-fields.ts'

/** Whether a value is of the type that a field has. */
const IS_OF: Record<string, (value: unknown) => boolean> = {
  int: Number.isInteger,
  string: value => typeof value === 'string',
  bool: value => typeof value === 'boolean' || value === 'Y' || value === 'N',
  array: Array.isArray,
  DateTime: value => typeof value === 'string' && !Number.isNaN(Date.parse(value))
}

const typeViolation = (field: string, type: string): Violation =>
  ({ message: `The \`${field}\` field requires a \`${type}\` data type for this request`, field })

/** @throws V3Error when the parameter is missing or no number */
export function numberOf ({ params }: RestCall, name: string): number {
  const value = params[name.toUpperCase()]
  if (value === undefined) throw requestError(name)
  if (!Number.isInteger(value)) throw violationError([typeViolation(name, 'int')])
  return Number(value)
}

/** What is wrong with the values of these fields by themselves. */
function * violationsOf (fields: Row, writable: readonly string[]): Generator<Violation> {
  for (const [field, value] of Object.entries(fields)) {
    const type = TASK.types.get(field) ?? ''
    if (!writable.includes(field)) {
      const attribute = 'the `Editable` attribute for such a request'
      yield { message: `In DTO \`TaskDto\`, the \`${field}\` field requires ${attribute}`, field }
    } else if (value !== null && !IS_OF[type]?.(value)) yield typeViolation(field, type)
    else if (KEPT[field]?.write(value) === undefined && KEPT[field]) yield { message: `Invalid \`${field}\``, field }
  }
}

/** What is wrong with them on this portal. `id` is the number of the task, undefined for a new one. */
function * contradictionsOf (portal: Portal, fields: Row, before: Row, id?: number): Generator<Violation> {
  const { responsibleId, creatorId, parentId } = fields
  const say = (field: string, message: string): Violation => ({ message, field })
  if (responsibleId !== undefined && !portal.user(Number(responsibleId))) {
    yield say('responsibleId', 'The user specified in the "Assignee" field was not found')
  }
  if (creatorId !== undefined && !portal.user(Number(creatorId))) yield say('creatorId', '')
  if (parentId !== undefined && parentId !== null) {
    if (parentId === id) yield say('parentId', 'Cannot bind a node to itself')
    else if (!portal.content.find('task', Number(parentId))) {
      yield say('parentId', 'The task specified in the "Parent Task" field was not found')
    }
  }
  const [start, end] = ['startPlan', 'endPlan'].map(name => fields[name] ?? before[KEPT[name]?.name ?? ''])
  if (start && end && Date.parse(text(end)) < Date.parse(text(start))) {
    yield say('endPlan', 'The end date in the scheduling is earlier than the start date')
  }
}

/**
 * The parameter `fields` in the form in which a task is kept: title, text and the rest. `before` is what the task has.
 *
 * @throws V3Error for fields that a task does not have, or cannot have
 */
export function writtenTask ({ params, token: { portal } }: RestCall, before: Row = {}, id?: number): {
  title?: string, text?: string, authorId?: number, fields: Row
} {
  if (typeof params.FIELDS !== 'object' || params.FIELDS === null) throw requestError('fields')
  const given = map(params.FIELDS)
  for (const field of Object.keys(given)) checkField(TASK, field)
  const required = id === undefined ? ['title', 'creatorId', 'responsibleId'] : []
  const missing = required.filter(field => given[field] === undefined || given[field] === '')
  if (missing.length > 0) throw requestError(...missing)
  const writable = id === undefined ? [...TASK.editable, 'creatorId'] : TASK.editable
  const wrong = [...violationsOf(given, writable)]
  if (wrong.length > 0) throw violationError(wrong)
  const contradictions = [...contradictionsOf(portal, given, before, id)]
  if (contradictions.length > 0) throw violationError(contradictions)
  const { title, description, creatorId, ...others } = given
  return {
    ...(title !== undefined && { title: text(title) }),
    ...(description !== undefined && { text: text(description) }),
    ...(creatorId !== undefined && { authorId: Number(creatorId) }),
    fields: Object.fromEntries(Object.entries(others).flatMap(([field, value]) => {
      const kept = KEPT[field]
      return kept ? [[kept.name, kept.write(value)]] : []
    }))
  }
}
