import { map, numbers, text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import { RestError } from '../rest-error.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { userFields } from './user-fields.ts'
import { pictureType } from './picture.ts'

/** The fields of people that calls write; the portal itself writes the others. */
const WRITABLE =
  /^(EMAIL|(LAST_|SECOND_)?NAME|PERSONAL_\w+|WORK_(?!LOGO)\w+|UF_(?!EMPLOYMENT_DATE|TIMEMAN)\w+)$/
const WRITTEN = Object.keys(userFields(['user'])).filter(name => WRITABLE.test(name))

/** Fields of a person could not be written. */
export const notWritten = (): RestError => new RestError('ERROR_CORE', '')

/** The content in base64 of a picture, behind its name. @throws RestError when it is none */
function picture (value: unknown): string {
  const content = text(Object.values(map(value))[1])
  if (content !== '' && !pictureType(content)) throw notWritten()
  return content
}

function day (value: unknown): string {
  const moment = Date.parse(text(value))
  return Number.isNaN(moment) ? '' : isoTime(moment)
}

/** How fields are read that are no texts. */
const READ: Record<string, (value: unknown) => unknown> = {
  PERSONAL_PHOTO: picture,
  PERSONAL_BIRTHDAY: day,
  UF_DEPARTMENT: value => numbers(typeof value === 'object' ? value : [value]).filter(id => id > 0)
}

/** What a call says of a person. */
export function writtenPerson ({ params, note }: RestCall): Row {
  if (params.WORK_LOGO !== undefined) note('WORK_LOGO is not in the sandbox')
  return Object.fromEntries(WRITTEN.filter(name => params[name] !== undefined)
    .map(name => [name, (READ[name] ?? text)(params[name])]))
}
