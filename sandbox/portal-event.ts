import { eventData } from './data-events.ts'
import type { DataEventName } from './data-events.ts'
import type { SandboxUser } from './portal-records.ts'
import type { Portal } from './portal.ts'

/** The events about the application itself that the sandbox can send. */
export type LifecycleEventName =
  'ONAPPINSTALL' | 'ONAPPUPDATE' | 'ONAPPUNINSTALL' | 'ONAPPPAYMENT' | 'ONAPPMETHODCONFIRM' | 'ONAPPTEST'

export type { DataEventName }

export type EventName = LifecycleEventName | DataEventName

/** An event as the queue server posts it: a form with bracket keys. */
export interface PortalEvent {
  url: string
  body: Record<string, string>
}

function dataOf ({ version: installed, state: { application } }: Portal, name: EventName): Record<string, string> {
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
    case 'ONAPPTEST':
      return language
    default:
      return eventData(name, 1)
  }
}

const WITHOUT_TOKENS: readonly EventName[] = ['ONAPPUNINSTALL', 'ONAPPPAYMENT', 'ONAPPMETHODCONFIRM']
const WITH_REFRESH_TOKEN: readonly EventName[] = ['ONAPPINSTALL', 'ONAPPUPDATE']

function authOf (portal: Portal, name: EventName, user: SandboxUser): Record<string, string> {
  const { authorizationServer, application: { status } } = portal.state
  const grant = WITHOUT_TOKENS.includes(name) ? undefined : portal.grant(user)
  return {
    ...(grant && {
      'auth[access_token]': grant.accessToken,
      ...(WITH_REFRESH_TOKEN.includes(name) && { 'auth[refresh_token]': grant.refreshToken }),
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
 * address in the application's card. `user` is who acted, unless the handler was bound for somebody else.
 */
export function portalEvent (
  portal: Portal, name: EventName, overrides: Record<string, string>,
  row = portal.events.find(({ event }) => event === name), user: SandboxUser = portal.users.admin
): PortalEvent {
  return {
    url: row?.handler ?? portal.state.application.eventsUrl,
    body: {
      event: name,
      ...(row && { event_handler_id: String(portal.events.indexOf(row) + 1) }),
      ...dataOf(portal, name),
      ts: String(Math.floor(Date.now() / 1000)),
      ...authOf(portal, name, (row && portal.user(row.authType)) ?? user),
      ...overrides
    }
  }
}
