import type { Entry } from '../../content.ts'
import { addActivity, changeActivity } from '../crm/kept-activities.ts'
import { hasItem, typeById } from '../crm/types.ts'
import { requireParameters, RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

const scopes = ['crm']

const PROVIDER: Row = { TYPE_ID: 6, PROVIDER_ID: 'CRM_TODO', PROVIDER_TYPE_ID: 'TODO' }
const COMPLETED = 'Completed activity cannot be modified'

const OWNER = ['ownerTypeId', 'ownerId']

/** The activity that a call is about: it belongs to the owner that it names, and is not completed. */
function find (call: RestCall, error: [code: string, text: string], ...names: string[]): Entry {
  requireParameters(call.params, ...OWNER, 'id', ...names)
  const { params, token: { portal } } = call
  const entry = portal.content.find('activity', Number(text(params.ID)))
  const isOwn = (fields: Row): boolean => fields.PROVIDER_ID === PROVIDER.PROVIDER_ID &&
    text(fields.OWNER_TYPE_ID) === text(params.OWNERTYPEID) && text(fields.OWNER_ID) === text(params.OWNERID)
  if (!entry || !isOwn(entry.fields)) throw new RestError('NOT_FOUND', 'Not found.')
  if (entry.fields.COMPLETED === 'Y') throw new RestError(...error)
  return entry
}

function deadline (value: unknown): Row {
  const moment = Date.parse(text(value))
  if (Number.isNaN(moment)) throw new RestError('WRONG_DATETIME_FORMAT', 'Incorrect date format')
  const DEADLINE = isoTime(moment)
  return { DEADLINE, START_TIME: DEADLINE, END_TIME: DEADLINE }
}

function color (given: unknown): Row {
  if (!/^[1-7]$/.test(text(given))) throw new RestError('CAN_NOT_UPDATE_WRONG_COLOR_TODO', 'Invalid color value')
  return { COLOR: text(given) }
}

function responsible (given: unknown): Row {
  const RESPONSIBLE_ID = Math.trunc(Number(text(given)))
  if (RESPONSIBLE_ID > 0) return { RESPONSIBLE_ID }
  throw new RestError('INVALID_ARG_VALUE', 'Parameter "responsibleId" must be greater than 0')
}

/** What a call says of an activity beside its texts. */
const written = ({ params }: RestCall, before: Row): Row => ({
  ...deadline(params.DEADLINE),
  ...(params.RESPONSIBLEID !== undefined && responsible(params.RESPONSIBLEID)),
  ...(params.PARENTACTIVITYID !== undefined && { ASSOCIATED_ENTITY_ID: text(params.PARENTACTIVITYID) }),
  SETTINGS: {
    ...before,
    ...(params.COLORID !== undefined && color(params.COLORID)),
    ...(params.PINGOFFSETS !== undefined && { PING_OFFSETS: Object.values(map(params.PINGOFFSETS)) })
  }
})

function add (call: RestCall): { id: number } {
  const { params, token } = call
  requireParameters(params, ...OWNER, 'deadline')
  const type = typeById(Number(text(params.OWNERTYPEID)))
  if (!type || !hasItem(token.portal, type, params.OWNERID)) {
    throw new RestError('OWNER_NOT_FOUND', 'Owner of the entity not found')
  }
  const owner = { OWNER_TYPE_ID: type.id, OWNER_ID: Number(text(params.OWNERID)), RESPONSIBLE_ID: token.user.id }
  return {
    id: addActivity(token, {
      title: text(params.TITLE),
      text: text(params.DESCRIPTION),
      fields: { ...PROVIDER, ...owner, ...written(call, {}) }
    })
  }
}

function update (call: RestCall): { id: number } {
  const entry = find(call, ['CAN_NOT_UPDATE_COMPLETED_TODO', COMPLETED], 'deadline')
  const { TITLE: title = entry.title, DESCRIPTION: description = entry.text } = call.params
  return {
    id: changeActivity(call.token, entry, {
      title: text(title), text: text(description), fields: written(call, map(entry.fields.SETTINGS))
    })
  }
}

/** The method that changes one thing, which it gets as this parameter. */
const changeMethod = (
  name: string, parameter: string, error: [code: string, text: string],
  changes: (value: unknown, entry: Entry) => Partial<Entry>
): RestMethods => ({
  [`crm.activity.todo.update${name}`]: {
    scopes,
    run (call) {
      const entry = find(call, error, parameter)
      return { id: changeActivity(call.token, entry, changes(call.params[parameter.toUpperCase()], entry)) }
    }
  }
})

/** Universal activities: crm.activity.todo.add, .update, and a method to change each of some fields. */
export const todoMethods: RestMethods = {
  'crm.activity.todo.add': { scopes, run: add },
  'crm.activity.todo.update': { scopes, run: update },
  ...changeMethod('deadline', 'value', ['CAN_NOT_UPDATE_COMPLETED_TODO', COMPLETED],
    value => ({ fields: deadline(value) })),
  ...changeMethod('description', 'value', ['CAN_NOT_UPDATE_COMPLETED_TODO', COMPLETED],
    value => ({ text: text(value) })),
  ...changeMethod('color', 'colorId',
    ['CAN_NOT_UPDATE_COLOR_COMPLETED_TODO', 'Cannot change color in a completed activity'],
    (value, { fields }) => ({ fields: { SETTINGS: { ...map(fields.SETTINGS), ...color(value) } } })),
  ...changeMethod('responsibleuser', 'responsibleId',
    ['CAN_NOT_UPDATE_RESPONSIBLE_USER_COMPLETED_TODO', 'Cannot change the responsible user in a closed activity'],
    value => ({ fields: responsible(value) }))
}
