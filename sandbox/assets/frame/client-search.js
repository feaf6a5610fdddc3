// The search for a client, or for its details, in a form of the CRM: the application finds, people choose.
import { choose, notify } from './dialogs.js'

/** Where the application describes what it has found, in the order in which people read it. */
const DETAILS = ['phone', 'email', 'web']

export function clientSearch ({ sid, fire }) {
  return {
    async crmShowFoundEntities ({ data }, reply) {
      reply()
      const found = Object.values(data ?? {})
      if (found.length === 0) return notify('The application has found nothing.')
      const entries = found.map(({ id, name, ...rest }, index) =>
        ({
          id: String(id ?? index),
          name: String(name ?? id),
          desc: DETAILS.map(detail => rest[detail]).filter(Boolean).join(', ')
        }))
      const [chosen] = await choose('Found by the application', entries) ?? []
      if (chosen) fire('onCrmEntityIsNeedToCreate', { appSid: sid, data: found[entries.indexOf(chosen)] })
    },
    crmShowCreatedEntity ({ title, id }, reply) {
      notify(`The form now holds ${title ?? id}.`)
      reply()
    }
  }
}
