import { jsonEncode } from '../php.ts'
import type { Portal } from '../portal.ts'
import { Page } from './page.ts'
import { RestError } from './rest-error.ts'
import type { RestMethod } from './rest-method.ts'

/**
 * A REST method of a test. It gets the parameters that the application has sent, without the token, and the portal
 * that was asked, and gives the value of `result`, or a page of it (see `page`). An error that has a `code`, which is
 * a text, and a `status` from 400 to 599 becomes the portal's answer. Whatever else it throws fails the test.
 */
export type SandboxMethod = (params: Record<string, unknown>, portal: Portal) => unknown

/** The portal's answer that an error stands for; undefined when it is no answer. */
function answerOf (error: unknown): RestError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('status' in error)) return undefined
  const { code, status, message } = error
  if (typeof code !== 'string' || typeof status !== 'number' || !/^[45]\d\d$/.test(String(status))) return undefined
  return new RestError(code, message, status)
}

function failureOf (name: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error)
  return new Error(`The method ${name} that the test has given to the sandbox failed: ${message}`, { cause: error })
}

/**
 * REST methods of a test, by their names in lower case. What makes one of them fail is kept in `failures`.
 *
 * @throws TypeError for what cannot be a method
 * @internal
 */
export function addedMethods (
  methods: Record<string, SandboxMethod>, failures: Error[]
): ReadonlyMap<string, RestMethod> {
  return new Map(Object.entries(methods).map(([name, method]): [string, RestMethod] => {
    if (typeof method !== 'function') throw new TypeError(`The REST method ${name} must be a function.`)
    if (name.toLowerCase() === 'batch') throw new TypeError('The REST method batch cannot be replaced.')
    const run: RestMethod['run'] = async ({ sent, token: { portal } }) => {
      // Bitrix24's SDK adds the number of the request, and its own name and version.
      const own = Object.entries(sent).filter(([name]) => !name.startsWith('bx24_'))
      try {
        const answer = await method(Object.fromEntries(own), portal)
        // An answer that cannot be written as JSON is a mistake of the method as well.
        jsonEncode(answer instanceof Page ? answer.result : answer)
        return answer
      } catch (error) {
        const answer = answerOf(error)
        if (answer) throw answer
        const failure = failureOf(name, error)
        failures.push(failure)
        throw failure
      }
    }
    return [name.toLowerCase(), { run }]
  }))
}
