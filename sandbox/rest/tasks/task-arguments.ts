import type { Entry, EntryKind } from '../../content.ts'
import { map, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { coreError } from './check-task.ts'

// The methods of the old task classes take their parameters by the order in which they are sent, whatever their names.

/** An error of the old task classes. */
export const taskError = (code: number, description: string, name: string): ReturnType<typeof coreError> =>
  coreError(`TASKS_ERROR_EXCEPTION_#${code}; ${description}; ${code}/TE/${name}`)

const wrongArguments = (description: string): ReturnType<typeof coreError> =>
  taskError(256, description, 'WRONG_ARGUMENTS')

/** What a method of a class reads of its parameters. */
export interface Arguments {
  /** The parameter at this place as a number. */
  id (index: number, name: string): number
  /** The parameter at this place as a map that is not empty. */
  fields (index: number, name: string): Row
  /** The parameter at this place as a map with no keys but these; empty when it is missing. */
  keys (index: number, name: string, known: readonly string[]): Row
}

/** The parameters of a call of this method, such as `ctaskchecklistitem::get`. */
function argumentsOf ({ sent }: RestCall, method: string): Arguments {
  const values = Object.values(sent)
  const missing = (index: number, name: string): ReturnType<typeof coreError> =>
    wrongArguments(`Param #${index} (${name}) expected by method ${method}(), but not given.`)
  return {
    id (index, name) {
      const { [index]: value } = values
      if (value === undefined) throw missing(index, name)
      if (!/^-?\d+$/.test(text(value))) {
        throw wrongArguments(`Param #${index} (${name}) for method ${method}() expected to be of type "integer", ` +
          'but given something else.')
      }
      if (Number(value) <= 0) throw coreError('TASKS_ERROR_ASSERT_EXCEPTION')
      return Number(value)
    },
    fields (index, name) {
      const fields = map(values[index])
      if (Object.keys(fields).length === 0) throw missing(index, name)
      return fields
    },
    keys (index, name, known) {
      const given = map(values[index])
      const wrong = Object.keys(given).find(key => !known.includes(key.replace(/^(!|[<>]=?)/, '')))
      if (wrong === undefined) return given
      throw wrongArguments(`Param #${index} (${name}) for method ${method}() must not contain key "${wrong}".`)
    }
  }
}

/** The methods of a class, such as those of `checklistitem`. */
export const methodsOfClass = (
  item: string, runs: Record<string, (call: RestCall, args: Arguments) => unknown>
): RestMethods => scoped(['task'], Object.fromEntries(Object.entries(runs).map(([name, run]) =>
  [`task.${item}.${name}`, (call: RestCall) => run(call, argumentsOf(call, `ctask${item}::${name}`))])))

/** What belongs to the task with the number of the first parameter, and has that of the second one. */
export function findOfTask ({ token: { portal } }: RestCall, kind: EntryKind, args: Arguments): Entry | undefined {
  const taskId = args.id(0, 'taskId')
  const entry = portal.content.find(kind, args.id(1, 'itemId'))
  return entry?.parent === String(taskId) ? entry : undefined
}
