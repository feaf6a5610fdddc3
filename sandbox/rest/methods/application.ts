import { scopedEvents } from '../known-events.ts'
import { licenceOf } from '../licence.ts'
import { RestError } from '../rest-error.ts'
import { isTrue, text } from '../rest-method.ts'
import type { RestMethods } from '../rest-method.ts'
import { isoTime } from '../timing.ts'

/** What feature.get knows; everything else is not there. */
const FEATURES = ['rest_offline_extended', 'rest_auth_connector']

/** Methods about the application and the portal: app.info, feature.get, scope, server.time. */
export const applicationMethods: RestMethods = {
  'app.info': {
    run ({ token: { portal } }) {
      const { application: { id, code, status }, trouble } = portal.state
      return {
        ID: id,
        CODE: code,
        VERSION: portal.version,
        STATUS: status,
        INSTALLED: portal.installed,
        PAYMENT_EXPIRED: 'N',
        DAYS: null,
        LANGUAGE_ID: 'en',
        ...licenceOf(trouble).info
      }
    }
  },
  'feature.get': {
    run ({ params }) {
      const code = text(params.CODE)
      if (!code) throw new RestError('CODE_EMPTY', "CODE can't be empty")
      return { value: FEATURES.includes(code) ? 'Y' : 'N' }
    }
  },
  scope: {
    run: ({ params, token: { portal } }) => isTrue(params.FULL)
      ? [...new Set([...portal.scope, ...[...scopedEvents.values()].flatMap(({ scopes }) => scopes)])]
      : portal.scope
  },
  'server.time': { run: () => isoTime(Date.now()) }
}
