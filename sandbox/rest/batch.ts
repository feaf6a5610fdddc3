import { isEmpty, toText } from '../php.ts'
import { parseForm } from '../request-params.ts'
import { Page } from './page.ts'
import { RestError } from './rest-error.ts'
import { map, text } from './rest-method.ts'

const MAX_COMMANDS = 50
const NOT_ALLOWED = ['batch', 'download', 'upload']
const REFERENCE = /\$(result|error|total|next|time)\[\S*/g

/** One inner call: name of the method and its parameters to what the method answers, and the `time` object for it. */
type Execute = (method: string, params: Record<string, unknown>) => Promise<{ answer: unknown, time: unknown }>

/** What the commands so far have left, by their keys; a command may refer to each of these. */
const answers = () => {
  const empty = (): Record<string, unknown> => ({})
  return { result: empty(), error: empty(), total: empty(), next: empty(), time: empty() }
}
type Answers = ReturnType<typeof answers>

/** What a reference such as `$result[key][field]` leads to. As on a portal it ends where a step does not exist. */
function find (reference: string, from: unknown): unknown {
  let found = from
  for (const [, step = ''] of reference.matchAll(/\[([^\]]+)\]/g)) {
    const inside = map(found)
    const next = Object.hasOwn(inside, step) ? inside[step] : undefined
    if (next === undefined || next === null) break
    found = next
  }
  return found
}

/** Replaces references in the values of the parameters. A reference reaches up to the next white space. */
function resolve (value: unknown, earlier: Answers): unknown {
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, earlier)]))
  }
  const template = String(value)
  const sources = new Map<string, unknown>(Object.entries(earlier))
  const [whole] = template.match(REFERENCE) ?? []
  // A value that is nothing but a reference keeps the type of what it refers to.
  if (whole === template) return find(whole, sources.get(whole.slice(1, whole.indexOf('['))))
  return template.replace(REFERENCE, (reference, source: string) => toText(find(reference, sources.get(source))))
}

async function runCommand (
  command: string, index: number, earlier: Answers, execute: Execute
): ReturnType<Execute> {
  const [method = '', query = ''] = command.split(/\?(.*)/s)
  if (index >= MAX_COMMANDS) {
    throw new RestError('ERROR_BATCH_LENGTH_EXCEEDED', 'Max batch length exceeded')
  }
  if (NOT_ALLOWED.includes(method.toLowerCase())) {
    throw new RestError('ERROR_BATCH_METHOD_NOT_ALLOWED', 'Method is not allowed for batch usage')
  }
  return execute(method, map(resolve(parseForm(query), earlier)))
}

/**
 * The value of `result` of the method `batch`. Errors of the commands go into `result_error`; the call itself succeeds.
 */
export async function batch (params: Record<string, unknown>, execute: Execute): Promise<unknown> {
  const all = answers()
  for (const [index, [key, command]] of Object.entries(map(params.CMD)).entries()) {
    try {
      const { answer, time } = await runCommand(text(command), index, all, execute)
      all.result[key] = answer instanceof Page ? answer.result : answer
      all.time[key] = time
      if (answer instanceof Page) {
        if (answer.total !== undefined) all.total[key] = answer.total
        if (answer.next !== undefined) all.next[key] = answer.next
      }
    } catch (error) {
      if (!(error instanceof RestError)) throw error
      all.error[key] = error.body
      if (!isEmpty(params.HALT)) break
    }
  }
  const { result, error, total, next, time } = all
  return { result, result_error: error, result_total: total, result_next: next, result_time: time }
}
