import type { Portal } from './portal.ts'

/** The events about the application itself that the sandbox can send. */
export type LifecycleEventName = 'ONAPPINSTALL' | 'ONAPPUPDATE' | 'ONAPPUNINSTALL' | 'ONAPPPAYMENT' | 'ONAPPMETHODCONFIRM'

/** An event as the queue server posts it: a form with bracket keys. */
export interface LifecycleEvent {
  url: string
  body: Record<string, string>
}

function dataOf ({ version: installed, state: { application } }: Portal, name: LifecycleEventName): Record<string, string> {
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
      return { 'data[CODE]': application.code, 'data[VERSION]': version, 'data[STATUS]': 'S', 'data[PAYMENT_EXPIRED]': 'N', 'data[DAYS]': '28', ...language }
    case 'ONAPPMETHODCONFIRM':
      return { 'data[TOKEN]': 'fkp963yuv1ggkfbs5z3f5hy8lilm0iw6', 'data[METHOD]': 'voximplant.user.get', 'data[CONFIRMED]': '1', ...language }
  }
}

/** Tokens come with the installation and the update only. */
function tokensOf (portal: Portal, name: LifecycleEventName): Record<string, string> {
  if (name !== 'ONAPPINSTALL' && name !== 'ONAPPUPDATE') return {}
  const user = portal.users.admin
  const { accessToken, refreshToken, expiresAt } = portal.grant(user)
  return {
    'auth[access_token]': accessToken,
    'auth[refresh_token]': refreshToken,
    'auth[expires]': String(expiresAt),
    'auth[expires_in]': '3600',
    'auth[scope]': portal.scope.join(','),
    'auth[status]': portal.state.application.status,
    'auth[user_id]': String(user.id)
  }
}

/** The event, addressed to the handler that event.bind stored, else to the address in the application's card. */
export function lifecycleEvent (portal: Portal, name: LifecycleEventName, overrides: Record<string, string>): LifecycleEvent {
  const { authorizationServer, application } = portal.state
  const bound = portal.events.findIndex(row => row.event === name)
  return {
    url: portal.events[bound]?.handler ?? application.eventsUrl,
    body: {
      event: name,
      ...(bound >= 0 && { event_handler_id: String(bound + 1) }),
      ...dataOf(portal, name),
      ts: String(Math.floor(Date.now() / 1000)),
      ...tokensOf(portal, name),
      'auth[domain]': portal.domain,
      'auth[server_endpoint]': `${authorizationServer}/rest/`,
      'auth[client_endpoint]': `${portal.url}/rest/`,
      'auth[member_id]': portal.memberId,
      // The one event that comes without.
      ...(name !== 'ONAPPPAYMENT' && { 'auth[application_token]': portal.applicationToken }),
      ...overrides
    }
  }
}
