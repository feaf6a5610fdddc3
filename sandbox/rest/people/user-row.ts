import type { Portal, SandboxUser } from '../../portal.ts'
import { numbers } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { pictureType } from './picture.ts'
import { userFields } from './user-fields.ts'

/** What the profiles of the people say, by their numbers. */
const PROFILES: Record<number, Row> = {
  1: { PERSONAL_GENDER: 'F', PERSONAL_BIRTHDAY: '1984-03-09T00:00:00+00:00', WORK_POSITION: 'Managing director' },
  2: { PERSONAL_GENDER: 'M', PERSONAL_BIRTHDAY: '1991-11-24T00:00:00+00:00', WORK_POSITION: 'Logistics manager' },
  3: { PERSONAL_GENDER: 'F', PERSONAL_BIRTHDAY: '', WORK_POSITION: 'Designer' },
  4: { PERSONAL_GENDER: 'M', PERSONAL_BIRTHDAY: '', WORK_POSITION: 'Accountant' }
}

const profileOf = ({ id, profile }: SandboxUser): Row => ({ ...PROFILES[id], ...profile })

/** F or M. */
export const genderOf = (user: SandboxUser): unknown => profileOf(user).PERSONAL_GENDER ?? ''

/** What a person does in the company. */
export const positionOf = (user: SandboxUser): unknown => profileOf(user).WORK_POSITION

/** Path of the photo of a person: a drawing where none is written. */
export const photoPath = ({ id, profile }: Pick<SandboxUser, 'id' | 'profile'>): string =>
  `/upload/main/photo-${id}.${pictureType(String(profile?.PERSONAL_PHOTO)) ?? 'svg'}`

/** The numbers of a person's departments. */
export const departmentIds = ({ id, profile }: SandboxUser): number[] => numbers(profile?.UF_DEPARTMENT ?? [id])

/** The address of a person. */
export const emailOf = ({ name, lastName, profile }: SandboxUser): string =>
  String(profile?.EMAIL ?? `${name}.${lastName}@company.example`.toLowerCase())

/** A person as user.get shows him or her to an application with the scopes that the portal has given. */
export function userRow (portal: Portal, user: SandboxUser): Row {
  const { id, name, lastName } = user
  const row: Row = {
    ID: String(id),
    XML_ID: '',
    ACTIVE: true,
    NAME: name,
    LAST_NAME: lastName,
    SECOND_NAME: '',
    EMAIL: emailOf(user),
    LAST_LOGIN: '2026-01-12T08:00:00+00:00',
    DATE_REGISTER: '2024-07-15T00:00:00+00:00',
    TIME_ZONE: '',
    IS_ONLINE: 'Y',
    TIMESTAMP_X: '2026-01-12T08:00:00+00:00',
    LAST_ACTIVITY_DATE: '2026-01-12T08:00:00+00:00',
    PERSONAL_WWW: '',
    PERSONAL_MOBILE: `+49 170 000000${id}`,
    PERSONAL_CITY: portal.name === 'Alpha' ? 'Berlin' : 'Hamburg',
    WORK_PHONE: `+49 30 90180${id}`,
    UF_DEPARTMENT: [id],
    UF_EMPLOYMENT_DATE: '',
    UF_PHONE_INNER: `10${id}`,
    ...profileOf(user),
    PERSONAL_PHOTO: portal.url + photoPath(user),
    USER_TYPE: 'employee'
  }
  const names = Object.keys(userFields(portal.scope))
  return Object.fromEntries(Object.entries(row).filter(([field]) => names.includes(field)))
}
