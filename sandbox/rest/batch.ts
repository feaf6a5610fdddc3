import { parseForm } from '../request-params.ts'
import { Page } from './page.ts'
import { RestError } from './rest-error.ts'
import { map, text } from './rest-method.ts'

const MAX_COMMANDS = 50
const NOT_ALLOWED = ['batch', 'download', 'upload']

/** One inner call: name of the method and its parameters to what the method answers, and the `time` object for it. */
export type Execute = (method: string, params: Record<string, unknown>) => { answer: unknown, time: unknown }

/** Replaces `$result[key][field]` in the values of the parameters by what an earlier command answered. */
function resolve (value: unknown, results: Record<string, unknown>): unknown {
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, results)]))
  }
  const find = (path: string): unknown => path.slice(1, -1).split('][')
    .reduce<unknown>((found, key) => map(found)[key], results)
  const template = String(value)
  const [, path] = /^\$result((?:\[[^\]\s]*\])+)$/.exec(template) ?? []
  // A value that is nothing but a reference keeps the type of what it refers to.
  if (path !== undefined) return find(path)
  return template.replace(/\$result((?:\[[^\]\s]*\])+)/g, (_match, inner: string) => text(find(inner)))
}

function runCommand (command: string, index: number, results: Record<string, unknown>, execute: Execute): ReturnType<Execute> {
  const [method = '', query = ''] = command.split(/\?(.*)/s)
  if (index >= MAX_COMMANDS) {
    throw new RestError('ERROR_BATCH_LENGTH_EXCEEDED', 'Max batch length exceeded')
  }
  if (NOT_ALLOWED.includes(method.toLowerCase())) {
    throw new RestError('ERROR_BATCH_METHOD_NOT_ALLOWED', 'Method is not allowed for batch usage')
  }
  return execute(method, map(resolve(parseForm(query), results)))
}

/** The value of `result` of the method `batch`. Errors of the commands go into `result_error`; the call itself succeeds. */
export function batch (params: Record<string, unknown>, execute: Execute): unknown {
  const result: Record<string, unknown> = {}
  const errors: Record<string, unknown> = {}
  const times: Record<string, unknown> = {}
  const totals: Record<string, unknown> = {}
  const nexts: Record<string, unknown> = {}
  const halt = ['1', 'true'].includes(text(params.HALT)) || params.HALT === true
  for (const [index, [key, command]] of Object.entries(map(params.CMD)).entries()) {
    try {
      const { answer, time } = runCommand(text(command), index, result, execute)
      result[key] = answer instanceof Page ? answer.result : answer
      times[key] = time
      if (answer instanceof Page) {
        totals[key] = answer.total
        if (answer.next !== undefined) nexts[key] = answer.next
      }
    } catch (error) {
      if (!(error instanceof RestError)) throw error
      errors[key] = error.body
      if (halt) break
    }
  }
  return { result, result_error: errors, result_total: totals, result_next: nexts, result_time: times }
}
