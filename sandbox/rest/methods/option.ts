import { argumentError } from '../rest-error.ts'
import { map, requireAdmin, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

/**
 * One stored setting by the parameter `option`, null for one that was never stored; all settings without the parameter.
 */
function read ({ params }: RestCall, stored: Record<string, unknown> = {}): unknown {
  const name = text(params.OPTION)
  if (!name) return stored
  return Object.hasOwn(stored, name) ? stored[name] : null
}

/**
 * The settings with the new ones among them. Without the parameter `options`, all the other parameters are settings.
 */
function merge ({ params, sent }: RestCall, stored: Record<string, unknown> = {}): Record<string, unknown> {
  const options = params.OPTIONS === undefined ? sent : map(params.OPTIONS)
  if (Object.keys(options).length === 0) throw argumentError('options')
  return { ...stored, ...options }
}

/** Settings of the application, for everybody and for one user: app.option.*, user.option.*. */
export const optionMethods: RestMethods = {
  'app.option.get': { run: call => read(call, call.token.portal.appOptions) },
  'app.option.set': {
    run (call) {
      requireAdmin(call, 'Administrator authorization required')
      call.token.portal.appOptions = merge(call, call.token.portal.appOptions)
      return true
    }
  },
  'user.option.get': { run: call => read(call, call.token.portal.userOptions[call.token.user.id]) },
  'user.option.set': {
    run (call) {
      const { portal: { userOptions }, user } = call.token
      userOptions[user.id] = merge(call, userOptions[user.id])
      return true
    }
  }
}
