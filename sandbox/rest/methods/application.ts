import { isEmpty } from '../../php.ts'
import { scopedEvents } from '../known-events.ts'
import { licenceOf } from '../licence.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
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
      if (isEmpty(params.CODE)) throw new RestError('CODE_EMPTY', "CODE can't be empty")
      return { value: FEATURES.includes(text(params.CODE)) ? 'Y' : 'N' }
    }
  },
  // To PHP the text `false` of a form is true.
  scope: {
    run: ({ params, token: { portal } }) => !isEmpty(params.FULL)
      ? [...new Set([...portal.scope, ...[...scopedEvents.values()].flatMap(({ scopes }) => scopes)])]
      : portal.scope
  },
  'server.time': { run: () => isoTime(Date.now()) }
}
