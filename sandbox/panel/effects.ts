import type { WireEntry } from '../wire.ts'

type Rule = (entry: WireEntry) => boolean

const isCall: Rule = ({ from }) => from === 'portal'
const askedPortal: Rule = ({ to }) => to === 'portal'
const askedServer: Rule = ({ to }) => to === 'authorization server'

/** What each trouble touches, by its name. */
const rules: Record<string, Rule> = {
  authorizationServer: entry => askedServer(entry) || isCall(entry),
  authorizationServerDelay: entry => askedServer(entry) || isCall(entry),
  rest: entry => askedPortal(entry) || entry.outcome === 'PAYMENT_REQUIRED',
  restDelay: askedPortal,
  token: isCall,
  refresh: entry => askedServer(entry) && entry.name === 'refresh_token',
  installation: isCall,
  access: isCall,
  events: ({ name }) => name === 'ONAPPUPDATE',
  licence: askedPortal,
  rename: entry => isCall(entry) || askedPortal(entry),
  uninstall: entry => isCall(entry) || askedPortal(entry)
}

/** Names of the troubles that a message shows the effect of on this portal, if they were on when it was sent. */
export const troublesOf = (entry: WireEntry, memberId: string): string[] =>
  entry.memberId !== undefined && entry.memberId !== memberId
    ? []
    : Object.entries(rules).flatMap(([name, concerns]) => concerns(entry) ? [name] : [])
