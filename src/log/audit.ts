import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import { plainAddress } from '../http/client-address.ts'
import { living } from '../lru.ts'
import { inOwnWords, memberHash } from './logger.ts'

/** What a line of the audit can say: nothing that came with a call, unless it was verified or is a name of ours. */
interface AuditFields {
  /** The client's address */
  ip: string
  /** member_id of the portal, of which the line holds a hash */
  member: string
  /** The verified user */
  user: number
  /** `page`, or the event that an installation came with */
  source: string
  screen: string
  /** id of a link */
  link: string
  /** The user who wrote the link */
  writtenBy: number
  /** How many calls, in all and by error code */
  count: number
  codes: Record<string, number>
}

interface AuditEvent { level: 'info' | 'warn', text: string, fields: ReadonlyArray<keyof AuditFields> }

/**
 * All events by their stable names, as docs/audit.md lists them. Lines of a back-end's call have its `writer`, too, the
 * name of its API key.
 */
export const auditEvents = {
  'app.installed': {
    level: 'info', text: 'an administrator has installed the application', fields: ['ip', 'member', 'user', 'source']
  },
  'app.updated': {
    level: 'info', text: 'an administrator has updated the application', fields: ['ip', 'member', 'user', 'source']
  },
  'app.uninstalled': { level: 'info', text: 'uninstalled', fields: ['member'] },
  'install.refused': {
    level: 'warn', text: 'an installation by a user who is no administrator', fields: ['ip', 'member', 'user']
  },
  'uninstall.requested': { level: 'info', text: 'an uninstall was requested', fields: ['ip', 'member'] },
  'uninstall.refused': {
    level: 'warn',
    text: 'an uninstall was refused: the authorization server still calls the application installed',
    fields: ['member']
  },
  'application-token.replaced': {
    level: 'warn',
    text: "the application token of an installation has changed: an administrator's call brought the new one",
    fields: ['ip', 'member', 'user']
  },
  'application-token.refused': {
    level: 'warn',
    text: 'a user whom the portal calls no administrator brought another application token than the stored one',
    fields: ['ip', 'member', 'user']
  },
  'host.added': {
    level: 'info',
    text: 'an administrator has opened a portal at a further host of it',
    fields: ['ip', 'member', 'user']
  },
  'host.refused': {
    level: 'warn',
    text: 'a portal was opened at another host than its own: an administrator has to open the application there once',
    fields: ['ip', 'member', 'user']
  },
  'tokens.recovered': {
    level: 'info',
    text: "an administrator's call has recovered the tokens of an installation",
    fields: ['ip', 'member', 'user']
  },
  'system-user.stored': {
    level: 'info', text: "the tokens of the application's system user were stored", fields: ['ip', 'member', 'user']
  },
  'system-user.refused': {
    level: 'warn',
    text: 'tokens that are said to be of a system user were refused: the sender is no administrator, or they are not',
    fields: ['ip', 'member', 'user']
  },
  'link.written': {
    level: 'info', text: 'a link was written', fields: ['ip', 'member', 'user', 'screen', 'link']
  },
  'link.opened': {
    level: 'info', text: 'a signed link was opened', fields: ['ip', 'member', 'user', 'screen', 'link', 'writtenBy']
  },
  'writer.refused': {
    level: 'warn', text: 'an API key was used for a portal that it is not for', fields: ['ip', 'member']
  },
  'calls.refused': {
    level: 'warn', text: 'further calls that nothing has verified were refused', fields: ['count', 'codes']
  }
} as const satisfies Record<string, AuditEvent>

type AuditEventName = keyof typeof auditEvents

/** All fields of an event have to be given, so that none is forgotten; what is unknown is undefined. */
type FieldsOf<Name extends AuditEventName> = {
  [Field in (typeof auditEvents)[Name]['fields'][number]]: AuditFields[Field] | undefined
}
type AuditLog = Pick<FastifyBaseLogger, 'info' | 'warn'>

/** Writes the one line of an event. */
export function audit<Name extends AuditEventName> (log: AuditLog, event: Name, fields: FieldsOf<Name>): void {
  const { level, text }: AuditEvent = auditEvents[event]
  const { ip, member, ...others }: { ip?: string | undefined, member?: string | undefined } = fields
  const line: Record<string, unknown> = {
    event,
    // Some proxies write other things than addresses.
    ip: ip === undefined ? undefined : plainAddress(ip),
    member: member === undefined ? undefined : memberHash(member),
    ...others
  }
  log[level](inOwnWords(line), text)
}

// Milliseconds
const minute = 60_000

/** The same for refusals, which a user can bring about as often as they like: once a minute for each user. */
export function createRefusalAudit (now: () => number) {
  const recent = new LRUCache<string, true>({ max: 10_000, ...living(minute, now) })
  type Refusal = 'install.refused' | 'system-user.refused' | 'application-token.refused' | 'host.refused'
  return (log: AuditLog, event: Refusal, fields: FieldsOf<Refusal>): void => {
    const key = `${event} ${fields.member} ${fields.user}`
    if (!recent.has(key)) audit(log, event, fields)
    recent.set(key, true)
  }
}
