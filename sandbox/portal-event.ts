import { eventData } from './data-events.ts'
import type { DataEventName } from './data-events.ts'
import type { SandboxUser } from './portal-records.ts'
import type { Portal } from './portal.ts'

/** The events about the application itself that the sandbox can send. */
export type LifecycleEventName =
  'ONAPPINSTALL' | 'ONAPPUPDATE' | 'ONAPPUNINSTALL' | 'ONAPPPAYMENT' | 'ONAPPMETHODCONFIRM' | 'ONAPPUSERREADY' |
  'ONAPPTEST' | 'ONOFFLINEEVENT'

export type { DataEventName }

export type EventName = LifecycleEventName | DataEventName

/** An event as the queue server posts it: a form with bracket keys. */
export interface PortalEvent {
  url: string
  body: Record<string, string>
}

/** A pair of the application's system user, who is not the user of `auth`. */
function systemUserData (portal: Portal): Record<string, string> {
  const { authorizationServer, application: { clientId, status } } = portal.state
  const { accessToken, refreshToken } = portal.grant(portal.systemUser)
  return {
    'data[access_token]': accessToken,
    'data[refresh_token]': refreshToken,
    'data[expires_in]': '3600',
    'data[scope]': portal.scope.join(','),
    // Not the portal: the authorization server names itself here.
    'data[domain]': new URL(authorizationServer).host,
    'data[server_endpoint]': `${authorizationServer}/rest/`,
    'data[client_endpoint]': `${portal.url}/rest/`,
    'data[member_id]': portal.memberId,
    'data[user_id]': String(portal.systemUser.id),
    'data[client_id]': clientId,
    'data[status]': status,
    'data[LANGUAGE_ID]': 'en'
  }
}

function dataOf (portal: Portal, name: EventName): Record<string, string> {
  const { version: installed, state: { application } } = portal
  const version = String(installed)
  const language = { 'data[LANGUAGE_ID]': 'en' }
  switch (name) {
    case 'ONAPPINSTALL':
      return { 'data[VERSION]': version, 'data[ACTIVE]': 'Y', 'data[INSTALLED]': 'Y', ...language }
    case 'ONAPPUPDATE':
      return { 'data[VERSION]': String(Number(version) + 1), 'data[PREVIOUS_VERSION]': version, ...language }
    case 'ONAPPUNINSTALL':
      return { ...language, 'data[CLEAN]': '1' }
    case 'ONAPPPAYMENT':
      return {
        'data[CODE]': application.code,
        'data[VERSION]': version,
        'data[STATUS]': 'S',
        'data[PAYMENT_EXPIRED]': 'N',
        'data[DAYS]': '28',
        ...language
      }
    case 'ONAPPMETHODCONFIRM':
      return {
        'data[TOKEN]': 'fkp963yuv1ggkfbs5z3f5hy8lilm0iw6',
        'data[METHOD]': 'voximplant.user.get',
        'data[CONFIRMED]': '1',
        ...language
      }
    case 'ONAPPUSERREADY':
      return systemUserData(portal)
    case 'ONAPPTEST':
      return language
    case 'ONOFFLINEEVENT':
      return {}
    default:
      return eventData(name, 1)
  }
}

const WITHOUT_TOKENS: readonly EventName[] = ['ONAPPUNINSTALL', 'ONAPPPAYMENT', 'ONAPPMETHODCONFIRM']
const WITH_REFRESH_TOKEN = /^ON(APP(INSTALL|UPDATE|TEST|USERREADY)$|OFFLINEEVENT$|CALENDAR)/

function authOf (portal: Portal, name: EventName, user: SandboxUser): Record<string, string> {
  const { authorizationServer, application: { status } } = portal.state
  const grant = WITHOUT_TOKENS.includes(name) ? undefined : portal.grant(user)
  return {
    ...(grant && {
      'auth[access_token]': grant.accessToken,
      ...(WITH_REFRESH_TOKEN.test(name) && { 'auth[refresh_token]': grant.refreshToken }),
      'auth[expires]': String(grant.expiresAt),
      'auth[expires_in]': '3600',
      'auth[scope]': portal.scope.join(',')
    }),
    'auth[domain]': portal.domain,
    'auth[server_endpoint]': `${authorizationServer}/rest/`,
    ...(grant && { 'auth[status]': status }),
    'auth[client_endpoint]': `${portal.url}/rest/`,
    'auth[member_id]': portal.memberId,
    ...(grant && { 'auth[user_id]': String(user.id) }),
    // The one event that comes without.
    ...(name !== 'ONAPPPAYMENT' && { 'auth[application_token]': portal.applicationToken })
  }
}

/**
 * The event, addressed to the handler `row` that event.bind stored, the first one for it without `row`, else to the
 * address in the application's card; that of the system user to the installer, for which the portal binds it by itself.
 * `user` is who acted, unless the handler was bound for somebody else.
 * @internal
 */
export function portalEvent (
  portal: Portal, name: EventName, overrides: Record<string, string>,
  row = portal.events.find(({ event }) => event === name), user: SandboxUser = portal.users.admin
): PortalEvent {
  const { installUrl, eventsUrl } = portal.state.application
  const isOwn = name === 'ONAPPUSERREADY'
  const handlerId = row ? portal.events.indexOf(row) + 1 : isOwn ? portal.events.length + 1 : undefined
  return {
    url: row?.handler ?? (isOwn ? installUrl : eventsUrl),
    body: {
      event: name,
      ...(handlerId !== undefined && { event_handler_id: String(handlerId) }),
      ...dataOf(portal, name),
      ts: String(Math.floor(Date.now() / 1000)),
      ...authOf(portal, name, (row && portal.user(row.authType)) ?? user),
      ...overrides
    }
  }
}
