import { addPerson, changePerson } from '../people/kept-people.ts'
import { emailOf } from '../people/user-row.ts'
import { notWritten, writtenPerson } from '../people/written-person.ts'
import { argumentError, RestError } from '../rest-error.ts'
import { isTrue, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

const isEmail = (email: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)

function requireAdmin (call: RestCall, isMeant = true): void {
  if (!call.token.user.admin || !isMeant) throw new RestError('ERROR_CORE', 'access_denied')
}

/** Whether somebody else has this address. */
const isTaken = ({ token: { portal } }: RestCall, email: string, id?: number): boolean =>
  portal.people.some(user => user.id !== id && emailOf(user).toLowerCase() === email.toLowerCase())

function add (call: RestCall): number {
  requireAdmin(call)
  const { EMAIL, EXTRANET, SONET_GROUP_ID, UF_DEPARTMENT } = call.params
  const email = text(EMAIL)
  if (!isEmail(email)) throw argumentError('', 'wrong_email')
  if (isTaken(call, email)) throw argumentError('', 'User with this email already exists')
  if (isTrue(EXTRANET)) {
    if (SONET_GROUP_ID === undefined) throw new RestError('ERROR_GROUPID', 'Group code not specified')
    call.note('the groups of an extranet are not in the sandbox')
    throw new RestError('ERROR_NO_GROUP', 'Group specified incorrectly')
  }
  if (UF_DEPARTMENT === undefined) throw argumentError('', 'no_extranet_field')
  return addPerson(call.token.portal, writtenPerson(call)).id
}

function update (call: RestCall): true {
  const { params: { EMAIL, ID }, token: { portal } } = call
  const id = Number(text(ID))
  requireAdmin(call, id > 0)
  const user = portal.user(id)
  const email = text(EMAIL)
  if (!user || (EMAIL !== undefined && (!isEmail(email) || isTaken(call, email, id)))) throw notWritten()
  changePerson(portal, user, writtenPerson(call))
  return true
}

/** user.add, user.update. */
export const inviteMethods: RestMethods = scoped(['user'], { 'user.add': add, 'user.update': update })
