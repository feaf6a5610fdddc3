import type { RestMethods } from '../rest-method.ts'
import { isoTime } from '../timing.ts'

/** Methods about the application and the portal: app.info, scope, server.time. */
export const applicationMethods: RestMethods = {
  'app.info': {
    run ({ token: { portal } }) {
      const { id, code, status } = portal.state.application
      return {
        ID: id,
        CODE: code,
        VERSION: portal.version,
        STATUS: status,
        INSTALLED: portal.installed,
        PAYMENT_EXPIRED: 'N',
        DAYS: null,
        LANGUAGE_ID: 'en',
        LICENSE: 'en_ent10000',
        LICENSE_TYPE: 'ent10000',
        LICENSE_FAMILY: 'ent'
      }
    }
  },
  scope: { run: ({ token }) => token.portal.scope },
  'server.time': { run: () => isoTime(Date.now()) }
}
