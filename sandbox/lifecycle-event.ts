import type { Portal } from './portal.ts'

/** The events of the application itself that the sandbox can send. */
export type LifecycleEventName = 'ONAPPINSTALL' | 'ONAPPUPDATE' | 'ONAPPUNINSTALL'

/** An event as the queue server posts it: a form with bracket keys. */
export interface LifecycleEvent {
  url: string
  body: Record<string, string>
}

function dataOf (portal: Portal, name: LifecycleEventName): Record<string, string> {
  const version = String(portal.state.application.version)
  switch (name) {
    case 'ONAPPINSTALL':
      return { 'data[VERSION]': version, 'data[ACTIVE]': 'Y', 'data[INSTALLED]': 'Y', 'data[LANGUAGE_ID]': 'en' }
    case 'ONAPPUPDATE':
      return { 'data[VERSION]': String(Number(version) + 1), 'data[PREVIOUS_VERSION]': version, 'data[LANGUAGE_ID]': 'en' }
    case 'ONAPPUNINSTALL':
      return { 'data[LANGUAGE_ID]': 'en', 'data[CLEAN]': '1' }
  }
}

/** Tokens come with the installation and the update; the removal carries none. */
function tokensOf (portal: Portal, name: LifecycleEventName): Record<string, string> {
  if (name === 'ONAPPUNINSTALL') return {}
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
  return {
    url: portal.events.find(row => row.event === name)?.handler ?? application.eventsUrl,
    body: {
      event: name,
      ...dataOf(portal, name),
      ts: String(Math.floor(Date.now() / 1000)),
      ...tokensOf(portal, name),
      'auth[domain]': portal.domain,
      'auth[server_endpoint]': `${authorizationServer}/rest/`,
      'auth[client_endpoint]': `${portal.url}/rest/`,
      'auth[member_id]': portal.memberId,
      'auth[application_token]': portal.applicationToken,
      ...overrides
    }
  }
}
