import { isEmpty } from '../../php.ts'
import { text } from '../rest-method.ts'
import type { RestCall, RestMethod, RestMethods } from '../rest-method.ts'

const isOpen = ({ scopes }: RestMethod, given: string[]): boolean =>
  scopes === undefined || scopes.some(scope => given.includes(scope))

/** Addresses that the portal gives for files; `methods` does not list them. */
const UNLISTED = ['download', 'upload']

/** Methods of controllers: portals do not list them, and look at their names only up to the last part. */
const OF_CONTROLLERS = /^(crm\.item|tasks\.task)\./i

/** What can be called: methods and method.get, about all of `methods` and those of the test. */
export function methodMethods (methods: () => ReadonlyMap<string, RestMethod>): RestMethods {
  const all = ({ token: { portal } }: RestCall): Map<string, RestMethod> =>
    new Map<string, RestMethod>([['batch', { run: () => undefined }], ...methods(), ...portal.state.methods])

  function list (call: RestCall): string[] {
    const { params: { SCOPE, FULL }, token: { portal } } = call
    return [...all(call)].filter(([name, method]) => {
      if (UNLISTED.includes(name) || OF_CONTROLLERS.test(name)) return false
      if (typeof SCOPE === 'string') return SCOPE === '' ? !method.scopes : method.scopes?.includes(SCOPE)
      return !isEmpty(FULL) || isOpen(method, portal.scope)
    }).map(([name]) => name)
  }

  return {
    methods: { run: list },
    'method.get': {
      run (call) {
        // The parameter is known by its name in lower case alone.
        const name = text(call.sent.name)
        const known = OF_CONTROLLERS.test(name) ? name.toLowerCase().replace(/(?<=^\w+\.\w+\.)[^.]+$/, 'get') : name
        const method = all(call).get(known)
        return {
          isExisting: method !== undefined,
          isAvailable: method !== undefined && isOpen(method, call.token.portal.scope)
        }
      }
    }
  }
}
