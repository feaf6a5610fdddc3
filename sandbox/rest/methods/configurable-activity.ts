import type { Entry } from '../../content.ts'
import { checkLayout } from '../crm/check-layout.ts'
import { addActivity, changeActivity } from '../crm/kept-activities.ts'
import { hasItem, typeById } from '../crm/types.ts'
import { requireArrays, requireParameters, RestError } from '../rest-error.ts'
import { map, numbers, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { settingOf } from './activity-setting.ts'

const PROVIDER: Row = { TYPE_ID: 6, PROVIDER_ID: 'CONFIGURABLE_REST_APP', PROVIDER_TYPE_ID: 'CONFIGURABLE' }

const wrong = (name: string): RestError => new RestError('WRONG_FIELD_VALUE', `Wrong value of the field "${name}"`)

/** A flag as the older fields have it. */
function flag (value: unknown, name: string): 'Y' | 'N' {
  const sent = typeof value === 'boolean' ? String(value) : text(value).toLowerCase()
  if (['y', 'true', '1'].includes(sent)) return 'Y'
  if (['n', 'false', '0'].includes(sent)) return 'N'
  throw wrong(name)
}

/** What the fields of a call become among those of an activity. */
const FIELDS: Record<string, (value: unknown, name: string) => Row> = {
  completed: (value, name) => ({ COMPLETED: flag(value, name) }),
  // What is no moment changes nothing.
  deadline (value) {
    const moment = Date.parse(text(value))
    return Number.isNaN(moment) ? {} : { DEADLINE: isoTime(moment) }
  },
  pingOffsets (value, name) {
    const offsets = numbers(value)
    if (typeof value !== 'object' || !offsets.every(offset => offset >= 0)) throw wrong(name)
    return { SETTINGS: { PING_OFFSETS: [...new Set(offsets)] } }
  },
  isIncomingChannel: (value, name) => ({ IS_INCOMING_CHANNEL: flag(value, name) }),
  responsibleId (value, name) {
    const RESPONSIBLE_ID = Math.trunc(Number(text(value)))
    if (!(RESPONSIBLE_ID > 0)) throw wrong(name)
    return { RESPONSIBLE_ID }
  },
  originatorId: value => ({ ORIGINATOR_ID: text(value) }),
  originId: value => ({ ORIGIN_ID: text(value) })
}

/** A title may be given in several languages. */
const titleOf = (layout: Row): string => {
  const { title } = map(layout.header)
  return text(typeof title === 'object' ? Object.values(map(title))[0] : title)
}

/** What a call makes of an activity. */
function written (
  { params, note, token: { portal } }: RestCall, before?: Entry
): Pick<Entry, 'title' | 'text' | 'fields'> {
  requireArrays(params, 'fields', 'layout')
  const [given, layout] = [map(params.FIELDS), map(params.LAYOUT)]
  const { typeId, badgeCode } = given
  if (typeId !== undefined && typeId !== PROVIDER.PROVIDER_TYPE_ID &&
    settingOf(portal, 'activity-type', typeId)?.fields.IS_CONFIGURABLE_TYPE !== 'Y') {
    throw wrong('typeId')
  }
  if (text(badgeCode) !== '' && !settingOf(portal, 'badge', badgeCode)) note(`no badge is ${text(badgeCode)}`)
  const fields = Object.assign({}, ...Object.entries(FIELDS).map(([name, read]) =>
    given[name] == null ? {} : read(given[name], name)))
  if (fields.DEADLINE !== undefined && fields.IS_INCOMING_CHANNEL === 'Y') {
    throw new RestError('INCOMING_ACTIVITY_CAN_NOT_BE_WITH_DEADLINE', 'An incoming activity cannot have a deadline')
  }
  const isGiven = Object.keys(layout).length > 0
  if (isGiven) checkLayout(layout)
  else if (!before) throw new RestError('ERROR_EMPTY_LAYOUT', 'The field "layout" must not be empty')
  return {
    title: isGiven ? titleOf(layout) : String(before?.title),
    text: '',
    fields: {
      ...fields,
      ...(typeId !== undefined && { PROVIDER_TYPE_ID: text(typeId) }),
      PROVIDER_PARAMS: {
        ...map(before?.fields.PROVIDER_PARAMS),
        ...(badgeCode != null && { badgeCode: text(badgeCode) }),
        ...(isGiven && { layout })
      }
    }
  }
}

function find (call: RestCall): Entry {
  requireParameters(call.params, 'id')
  const entry = call.token.portal.content.find('activity', Number(text(call.params.ID)))
  if (entry && entry.fields.PROVIDER_ID === PROVIDER.PROVIDER_ID) return entry
  throw new RestError('NOT_FOUND', 'Not found.')
}

const answer = (id: number): Row => ({ activity: { id } })

function add (call: RestCall): Row {
  const { params, token } = call
  requireParameters(params, 'ownerTypeId', 'ownerId', 'fields', 'layout')
  const { fields, ...texts } = written(call)
  const [OWNER_TYPE_ID, OWNER_ID] = [Number(text(params.OWNERTYPEID)), Number(text(params.OWNERID))]
  const type = typeById(OWNER_TYPE_ID)
  if (!type || !hasItem(token.portal, type, OWNER_ID)) throw new RestError('ACCESS_DENIED', 'Access denied')
  const own = { ...PROVIDER, OWNER_TYPE_ID, OWNER_ID, RESPONSIBLE_ID: token.user.id }
  return answer(addActivity(token, { ...texts, fields: { ...own, ...fields } }))
}

function update (call: RestCall): Row {
  const entry = find(call)
  return answer(changeActivity(call.token, entry, written(call, entry)))
}

function get (call: RestCall): Row {
  const { id, fields } = find(call)
  const { badgeCode = '', layout } = map(fields.PROVIDER_PARAMS)
  return {
    activity: {
      id,
      ownerTypeId: fields.OWNER_TYPE_ID,
      ownerId: fields.OWNER_ID,
      fields: {
        typeId: fields.PROVIDER_TYPE_ID,
        completed: fields.COMPLETED === 'Y',
        deadline: fields.DEADLINE ?? null,
        pingOffsets: Object.values(map(map(fields.SETTINGS).PING_OFFSETS)),
        isIncomingChannel: fields.IS_INCOMING_CHANNEL === 'Y',
        responsibleId: fields.RESPONSIBLE_ID,
        badgeCode,
        originatorId: fields.ORIGINATOR_ID ?? null,
        originId: fields.ORIGIN_ID ?? null
      },
      layout
    }
  }
}

/** Activities that the application lays out: crm.activity.configurable.add, .update, .get. */
export const configurableActivityMethods: RestMethods = scoped(['crm'], {
  'crm.activity.configurable.add': add,
  'crm.activity.configurable.update': update,
  'crm.activity.configurable.get': get
})
