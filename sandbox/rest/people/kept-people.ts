import { queueEvent } from '../../event-delivery.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import { greatest } from '../greatest.ts'
import { numbers } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

/** What is known of somebody who has been invited and has not been here. */
const INVITED: Row = {
  NAME: '',
  LAST_NAME: '',
  LAST_LOGIN: '',
  LAST_ACTIVITY_DATE: '',
  IS_ONLINE: 'N',
  PERSONAL_MOBILE: '',
  PERSONAL_CITY: '',
  WORK_PHONE: '',
  UF_DEPARTMENT: [],
  UF_PHONE_INNER: ''
}

/** Has a person be what is written. Who has no name is called by the address. */
function describe (user: SandboxUser, profile: Row): SandboxUser {
  const { NAME = user.name, LAST_NAME = user.lastName, EMAIL } = profile
  return Object.assign(user, { profile, name: String(NAME || (LAST_NAME ? '' : EMAIL)), lastName: String(LAST_NAME) })
}

const newcomer = (id: number): SandboxUser => ({ id, name: '', lastName: '', admin: false })

/** Those who are there from the start, and those whom user.add has invited. */
export function peopleOf ({ users, content }: Portal): SandboxUser[] {
  const people: SandboxUser[] = Object.values(users)
  for (const { id, fields } of content.list('user')) {
    const known = people.find(user => user.id === id)
    if (known) describe(known, fields)
    else people.push(describe(newcomer(id), fields))
  }
  return people
}

/** Writes fields of a person. */
export function changePerson ({ content }: Portal, user: SandboxUser, written: Row): void {
  const fields = { ...user.profile, ...written }
  const kept = content.find('user', user.id)
  if (kept) content.update({ ...kept, fields })
  else content.add({ kind: 'user', id: user.id, authorId: user.id, fields })
  describe(user, fields)
}

/** Invites somebody. */
export function addPerson (portal: Portal, written: Row): SandboxUser {
  const { people, systemUser } = portal
  const user = newcomer(greatest(people.map(({ id }) => id), systemUser.id) + 1)
  changePerson(portal, user, { ...INVITED, DATE_REGISTER: isoTime(new Date().setUTCHours(0, 0, 0, 0)), ...written })
  people.push(user)
  return user
}

const TOLD = ['EMAIL', 'NAME', 'LAST_NAME', 'PERSONAL_GENDER', 'DATE_REGISTER', 'WORK_POSITION']

/** Whoever is here for the first time after an invitation has registered; the application is told now. */
export function register (portal: Portal, user: SandboxUser): void {
  if (user.profile?.LAST_LOGIN !== '') return
  const LAST_LOGIN = isoTime(Date.now())
  changePerson(portal, user, { LAST_LOGIN, LAST_ACTIVITY_DATE: LAST_LOGIN, IS_ONLINE: 'Y' })
  const { PERSONAL_BIRTHDAY = '', UF_DEPARTMENT, ...others } = user.profile
  queueEvent(portal, 'ONUSERADD', user.id, user, {
    ACTIVE: 'Y',
    ...Object.fromEntries(TOLD.map(name => [name, String(others[name] ?? '')])),
    PERSONAL_BIRTHDAY: String(PERSONAL_BIRTHDAY).slice(0, 10),
    // The brackets of a list, within those of `data`.
    ...Object.fromEntries(numbers(UF_DEPARTMENT).map((id, index) => [`UF_DEPARTMENT][${index}`, String(id)]))
  })
}
