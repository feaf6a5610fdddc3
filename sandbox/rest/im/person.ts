import type { Portal, SandboxUser } from '../../portal.ts'
import { departmentIds, emailOf, genderOf, photoPath, positionOf } from '../people/user-row.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

/** A person as the messenger lists him or her. */
export const personOf = (portal: Portal, user: SandboxUser, color = '#4ba984'): Row => ({
  id: user.id,
  name: `${user.name} ${user.lastName}`,
  first_name: user.name,
  last_name: user.lastName,
  work_position: positionOf(user),
  color,
  avatar: portal.url + photoPath(user),
  gender: genderOf(user),
  birthday: false,
  extranet: false,
  network: false,
  bot: false,
  connector: false,
  external_auth_id: 'default',
  status: 'online',
  idle: false,
  last_activity_date: isoTime(Date.now()),
  mobile_last_date: false,
  absent: false
})

/** The same with what a conversation shows beside it. */
export const writerOf = (portal: Portal, user: SandboxUser): Row => ({
  ...personOf(portal, user),
  active: true,
  avatar_hr: portal.url + photoPath(user),
  birthday: '',
  desktop_last_date: false,
  departments: departmentIds(user),
  phones: false,
  bot_data: null,
  type: 'user',
  website: '',
  email: emailOf(user)
})

/** im.user.get: a person, the caller without a number. */
export function person ({ params, token: { portal, user } }: RestCall): Row {
  const id = params.ID === undefined ? user.id : Number(text(params.ID))
  if (!(id > 0)) throw new RestError('ID_EMPTY', "User ID can't be empty")
  const found = portal.user(id)
  if (!found) throw new RestError('USER_NOT_EXISTS', 'User is not exists')
  return { ...writerOf(portal, found), phones: { work_phone: '', personal_mobile: '', personal_phone: '' } }
}
