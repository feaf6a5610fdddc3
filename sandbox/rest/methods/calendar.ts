import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestMethods } from '../rest-method.ts'
import { isoTime } from '../timing.ts'

/** The calendar: calendar.event.add. */
export const calendarMethods: RestMethods = {
  'calendar.event.add': {
    scopes: ['calendar'],
    run ({ params, token: { portal, user } }) {
      const moment = (name: string): string => {
        const seconds = Number(text(params[`${name}_TS`]))
        return seconds > 0 ? isoTime(seconds * 1000) : text(params[name])
      }
      const [from, to] = [moment('FROM'), moment('TO')]
      const required = { type: text(params.TYPE), ownerId: params.OWNERID, name: text(params.NAME), from, to }
      for (const [name, value] of Object.entries(required)) {
        // The company calendar has no owner: ownerId is an empty text there.
        if (value === undefined || (name !== 'ownerId' && value === '')) {
          throw new RestError('', `The required parameter "${name}" for the method "calendar.event.add" is not set`)
        }
      }
      return portal.content.add({
        kind: 'event',
        authorId: user.id,
        title: required.name,
        text: text(params.DESCRIPTION),
        fields: {
          DATE_FROM: from,
          DATE_TO: to,
          SKIP_TIME: text(params.SKIP_TIME) === 'Y' ? 'Y' : 'N',
          TYPE: required.type,
          OWNER_ID: text(params.OWNERID),
          LOCATION: text(params.LOCATION)
        }
      }).id
    }
  }
}
