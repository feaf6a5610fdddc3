import type { Portal, SandboxUser } from '../portal.ts'

// What the portal's dialogs offer to the application's page, in the form in which the page receives what was chosen.

const POSITIONS: Record<string, string> = {
  admin: 'Managing director', employee: 'Sales', designer: 'Designer', accountant: 'Accountant'
}

/** The answer of selectUser for each employee; `sub` and `sup` tell how they stand to `viewer`. */
export function employees (portal: Portal, viewer: SandboxUser) {
  return Object.entries(portal.users).map(([role, { id, name, lastName, admin }]) => ({
    id: String(id),
    name: `${name} ${lastName}`,
    photo: '',
    position: POSITIONS[role],
    url: `/company/personal/user/${id}/`,
    sub: viewer.admin && !admin,
    sup: admin && !viewer.admin
  }))
}

/** The answer of selectAccess for each right that can be chosen. */
export function accessGroups (portal: Portal) {
  return [
    { id: 'AU', name: 'All authorized users' },
    { id: 'D1', name: 'Head office: all employees' },
    { id: 'DR1', name: 'Head office: all employees with subdepartments' },
    { id: 'SG10', name: 'Group: Logistics' },
    ...Object.values(portal.users).map(({ id, name, lastName }) => ({ id: `U${id}`, name: `${name} ${lastName}` }))
  ]
}

/** The answer of selectCRM for each deal. */
export function deals (portal: Portal) {
  return portal.content.list('deal').map(({ id, title, fields: { OPPORTUNITY, CURRENCY_ID } }) => ({
    id: `D_${id}`,
    type: 'deal',
    place: 'deal',
    title,
    desc: [OPPORTUNITY, CURRENCY_ID].filter(Boolean).join(' '),
    url: `/crm/deal/details/${id}/`
  }))
}

/** The answer of getEvents in a view of the calendar. */
export function calendarEvents (portal: Portal) {
  return portal.content.list('event').map(({ id, title, text, fields }) =>
    ({ ID: String(id), NAME: title, DESCRIPTION: text, ...fields }))
}
