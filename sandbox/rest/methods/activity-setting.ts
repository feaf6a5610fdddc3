import type { Entry, EntryKind } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import { RestError } from '../rest-error.ts'
import { map, mapParameter, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

/** The badge or the type of activities with this code. */
export const settingOf = ({ content }: Portal, kind: EntryKind, code: unknown): Entry | undefined =>
  content.list(kind).find(({ title }) => title === text(code))

function requireAdmin ({ token: { user } }: RestCall): void {
  if (!user.admin) throw new RestError('ACCESS_DENIED', 'Access denied')
}

/** A text in the language of the caller, or in English, or in whatever there is. */
function localized (given: unknown, lang: string): unknown {
  if (typeof given !== 'object') return given
  const texts = map(given)
  return texts[lang] ?? texts.en ?? Object.values(texts)[0]
}

const badgeRow = ({ title, fields }: Entry, { token: { lang } }: RestCall): Row => ({
  code: title, title: localized(fields.TITLE, lang), value: localized(fields.VALUE, lang), type: fields.TYPE
})

function addBadge (call: RestCall): { badge: Row } {
  requireAdmin(call)
  const { params: { CODE, TITLE, VALUE, TYPE }, token: { portal: { content }, user } } = call
  const missing = Object.entries({ CODE, TITLE, VALUE, TYPE }).find(([, value]) => (value ?? '') === '')
  if (missing) throw new RestError('REQUIRED_ARG_MISSING', `Required argument is missing: ${missing[0].toLowerCase()}`)
  const badge = content.add({ kind: 'badge', authorId: user.id, title: text(CODE), fields: { TITLE, VALUE, TYPE } })
  return { badge: badgeRow(badge, call) }
}

function findBadge ({ params, token: { portal } }: RestCall): Entry {
  const badge = settingOf(portal, 'badge', params.CODE)
  if (!badge) throw new RestError('NOT_FOUND', 'Not found.')
  return badge
}

function removeBadge (call: RestCall): true {
  requireAdmin(call)
  call.token.portal.content.remove(findBadge(call))
  return true
}

function addType (call: RestCall): true {
  requireAdmin(call)
  const { portal, user } = call.token
  const { TYPE_ID, NAME, IS_CONFIGURABLE_TYPE } = mapParameter(call, 'fields', true)
  const title = text(TYPE_ID)
  if (title === '' || settingOf(portal, 'activity-type', title)) {
    throw new RestError('INVALID_ARG_VALUE', 'TYPE_ID is empty, or exists already')
  }
  portal.content.add({
    kind: 'activity-type',
    authorId: user.id,
    title,
    fields: { NAME: text(NAME), IS_CONFIGURABLE_TYPE: IS_CONFIGURABLE_TYPE === 'Y' ? 'Y' : 'N', ICON_ID: '0' }
  })
  return true
}

function removeType (call: RestCall): true {
  requireAdmin(call)
  const { params, token: { portal } } = call
  const type = settingOf(portal, 'activity-type', params.TYPE_ID)
  if (!type) throw new RestError('INVALID_ARG_VALUE', 'TYPE_ID does not exist')
  portal.content.remove(type)
  return true
}

/** Badges and types of activities that the application adds: crm.activity.badge.*, crm.activity.type.*. */
export const activitySettingMethods: RestMethods = scoped(['crm'], {
  'crm.activity.badge.add': addBadge,
  'crm.activity.badge.get': call => ({ badge: badgeRow(findBadge(call), call) }),
  'crm.activity.badge.list': call =>
    ({ badges: call.token.portal.content.list('badge').map(badge => badgeRow(badge, call)) }),
  'crm.activity.badge.delete': removeBadge,
  'crm.activity.type.add': addType,
  'crm.activity.type.list': ({ token: { portal } }) =>
    portal.content.list('activity-type').map(({ title, fields }) => ({ TYPE_ID: title, ...fields })),
  'crm.activity.type.delete': removeType
})
