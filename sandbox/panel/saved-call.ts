import type { Portal } from '../portal.ts'
import { isSecret, withoutSecrets } from '../secrets.ts'
import type { SentMessage, WireEntry } from '../wire.ts'

/**
 * A message of the portal in a file: no token in it, placeholders such as `{{AUTH_ID}}` in their place. What opens
 * something within another text, such as PLACEMENT_OPTIONS, is shortened.
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

function placeholder (field: string): string {
  const name = field.replace(/^.*\[|\]$/g, '').toUpperCase()
  return `{{${SAME.get(name) ?? name}}}`
}

const withPlaceholders = (fields: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, isSecret(name) ? placeholder(name) : withoutSecrets(value)]))

/** What is written into the file for an entry of the portal. */
export function savedCall (portal: Portal, { name, method }: WireEntry, { url, body = {} }: SentMessage): SavedCall {
  const { origin, pathname, searchParams } = new URL(url)
  const token = portal.state.tokens.find(body.AUTH_ID ?? body['auth[access_token]'] ?? '')
  return {
    portal: portal.url,
    user: token?.user.id ?? portal.users.admin.id,
    placement: name ?? '',
    method,
    url: origin + pathname,
    query: withPlaceholders(Object.fromEntries(searchParams)),
    body: withPlaceholders(body)
  }
}

/** The fields with fresh values in the place of their placeholders. */
export const fillIn = (fields: Record<string, string>, fresh: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, fresh[/^\{\{(.+)\}\}$/.exec(value)?.[1] ?? ''] ?? value]))
