import { randomBytes } from 'node:crypto'
import type { Portal, SandboxUser } from '../portal.ts'
import { isSecret } from '../secrets.ts'
import type { SentMessage, WireEntry } from '../wire.ts'

/**
 * A message of the portal in a file: placeholders such as `{{AUTH_ID}}` in the place of its tokens and of what differs
 * from one run of the sandbox to the next. What opens something within another text, such as PLACEMENT_OPTIONS, is
 * shortened.
 */
export interface SavedCall {
  /** Origin of the portal. */
  portal: string
  /** Id of the user whose call it was. */
  user: number
  /** Placement code or name of the event. */
  placement: string
  method: string
  /** Address of the handler, without its query. */
  url: string
  query: Record<string, string>
  body: Record<string, string>
}

/** Events name in another way what calls carry too. */
const SAME = new Map([['ACCESS_TOKEN', 'AUTH_ID'], ['AUTH', 'AUTH_ID'], ['REFRESH_TOKEN', 'REFRESH_ID']])

/** What belongs to one run of the sandbox, by the name of its field: in calls, and in events. */
const OF_RUN = new Map([
  ['DOMAIN', 'DOMAIN'], ['SERVER_ENDPOINT', 'SERVER_ENDPOINT'], ['member_id', 'member_id'], ['ts', 'ts'],
  ['auth[domain]', 'DOMAIN'],
  ['auth[server_endpoint]', 'SERVER_ENDPOINT'], ['auth[client_endpoint]', 'CLIENT_ENDPOINT'],
  ['auth[member_id]', 'member_id'], ['auth[expires]', 'expires'],
  ['data[domain]', 'OAUTH_DOMAIN'], ['data[server_endpoint]', 'SERVER_ENDPOINT'],
  ['data[client_endpoint]', 'CLIENT_ENDPOINT'], ['data[member_id]', 'member_id']
])

/** What stands in the file in the place of a field; undefined when it can stay. */
function placeholderOf (field: string): string | undefined {
  if (!isSecret(field)) return OF_RUN.get(field)
  // The pair of the system user, who is not the user of the call.
  if (field.startsWith('data[')) return field
  const name = field.replace(/^.*\[|\]$/g, '').toUpperCase()
  return SAME.get(name) ?? name
}

/** What is written into the file for an entry of this portal. */
export function savedCall (portal: Portal, { name, method }: WireEntry, { url, body = {} }: SentMessage): SavedCall {
  const { wire, tokens } = portal.state
  const { origin, pathname, searchParams } = new URL(url)
  const token = tokens.find(body.AUTH_ID ?? body['auth[access_token]'] ?? '')
  const readable = (fields: Iterable<[string, string]>): Record<string, string> =>
    Object.fromEntries([...fields].map(([field, value]) => {
      const placeholder = placeholderOf(field)
      return [wire.readable(field), placeholder === undefined ? wire.readable(value) : `{{${placeholder}}}`]
    }))
  return {
    portal: portal.url,
    user: token?.user.id ?? portal.users.admin.id,
    placement: name ?? '',
    method,
    url: origin + wire.readable(pathname),
    query: readable(searchParams),
    body: readable(Object.entries(body))
  }
}

/** What takes the place of the placeholders, by their names, in a call of this user. */
export function freshFields (portal: Portal, user: SandboxUser): Record<string, string> {
  const { accessToken, refreshToken, expiresAt } = portal.grantForCall(user)
  const ofSystemUser = portal.grant(portal.systemUser)
  return {
    'data[access_token]': ofSystemUser.accessToken,
    'data[refresh_token]': ofSystemUser.refreshToken,
    AUTH_ID: accessToken,
    REFRESH_ID: refreshToken,
    APPLICATION_TOKEN: portal.applicationToken,
    APP_SID: randomBytes(16).toString('hex'),
    DOMAIN: portal.domain,
    OAUTH_DOMAIN: new URL(portal.state.authorizationServer).host,
    SERVER_ENDPOINT: `${portal.state.authorizationServer}/rest/`,
    CLIENT_ENDPOINT: `${portal.url}/rest/`,
    member_id: portal.memberId,
    expires: String(expiresAt),
    ts: String(Math.floor(Date.now() / 1000))
  }
}

/** The fields with fresh values in the place of their placeholders. */
export const fillIn = (fields: Record<string, string>, fresh: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) =>
    [field, fresh[/^\{\{(.+)\}\}$/.exec(value)?.[1] ?? ''] ?? value]))
