// Scopes without which a placement cannot be bound beside `placement`, by the beginning of its code. Those of the messenger need
// none: `im` is for REST about a chat.
// Source: Bitrix24 REST docs, api-reference/widgets/index.md (table of placement codes), api-reference/widgets/im/index.md.
const scopes: ReadonlyArray<readonly [prefix: string, scope: string]> = [
  ['CRM_', 'crm'], ['TASK_', 'task'], ['CALENDAR_', 'calendar'],
  ['CONTACT_CENTER', 'contact_center'], ['CALL_CARD', 'telephony'], ['TELEPHONY_', 'telephony'],
  ['USER_PROFILE_', 'user'], ['SONET_GROUP_', 'sonet_group'], ['LANDING_', 'landing']
]

/** The scope that an application lacks for a placement. In: placement code, granted scopes. Out: undefined when none is known to be missing. */
export function missingScope (code: string, granted: readonly string[]): string | undefined {
  const needed = ['placement', scopes.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'placement']
  return needed.find(scope => !granted.includes(scope))
}
