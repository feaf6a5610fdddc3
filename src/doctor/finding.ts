import { format } from 'node:util'

/** What is wrong, or worth knowing. */
export interface Finding {
  /** Stable, for machines */
  code: Code
  /** A note says what could not be checked, or what may be meant as it is */
  level: 'fault' | 'note'
  /** A sentence: what is wrong, and where to fix it */
  message: string
  /** Domain of the portal that it concerns */
  portal?: string
}

const anew = 'install the application on this portal again, as an administrator'
const again = 'open the installation page once more, as an administrator'

// `%s` stands for a detail. docs/command.md has a row for each code.
const faults = {
  variable: '%s',
  application: 'The service cannot start: %s',
  pages: 'The service cannot show its pages: %s Fix the views of the application; when files are missing in the ' +
    'build, run npm run build.',
  'no-network': 'Neither PUBLIC_URL nor an authorization server can be reached, so only variables and database were ' +
    'checked: connect this machine to the network.',

  'database-unreachable': '%s Correct DATABASE_URL, start the service once, or have the database let this ' +
    'machine in.',
  'database-version': '%s Correct DATABASE_URL, or start the service of this version on it once.',
  'migration-missing': 'The database has run the migration %s, which the application does not have: put the file ' +
    'back into migrations/, or correct APPLICATION or DATABASE_URL.',
  'migration-order': 'The migration %s has not run, and sorts before one that has, so the service cannot start: ' +
    'give its file a later name.',

  'public-url-dns': 'The host of PUBLIC_URL has no address: correct PUBLIC_URL, or the name at your DNS provider.',
  'public-url-timeout': 'PUBLIC_URL does not answer in time: check the firewall, and that the proxy forwards to the ' +
    'service.',
  'public-url-tls': 'PUBLIC_URL offers no HTTPS with a certificate that browsers accept: fix it in the proxy.',
  'public-url-unreachable': 'Nothing takes connections at PUBLIC_URL: start the service and its proxy, or correct ' +
    'PUBLIC_URL.',
  'public-url-redirect': 'PUBLIC_URL redirects to %s, and a posted form gets lost on the way: set PUBLIC_URL to ' +
    'where it ends, or remove the redirect from the proxy.',
  'public-url-loop': 'PUBLIC_URL redirects to itself: the proxy in front asks the next one by http:, which sends it ' +
    'back to https:. Have the first one connect by https:, or remove the redirect from the second.',
  'public-url-no-service': 'The proxy at PUBLIC_URL answers with %s, as it does not reach the service: start it, and ' +
    'have the proxy forward to HOST and PORT.',
  'public-url-other-settings': 'The service at PUBLIC_URL has another APP_SECRET or B24_CLIENT_ID than these ' +
    'settings: correct them, or restart it with them.',
  'public-url-other-service': 'Something else than this service answers at PUBLIC_URL, with %s: correct PUBLIC_URL, ' +
    'or have the proxy forward all paths to the service, unchanged.',

  'proxy-blocks-pages': 'PUBLIC_URL/placement answers with %s in place of the page of the service: have the proxy ' +
    'forward all paths, without a login or a filter.',
  'proxy-blocks-posts': 'A form posted to PUBLIC_URL/placement is answered with %s by somebody else than the ' +
    'service: have the proxy or firewall let POST through.',
  'proxy-frame-options': 'The proxy adds X-Frame-Options, so portals show an empty frame: remove this header from ' +
    'its configuration.',
  'proxy-policy': 'The proxy changes Content-Security-Policy or adds its own, so portals cannot frame the pages: ' +
    'remove this header from its configuration.',
  'proxy-untrusted': 'TRUST_PROXY does not name the proxy %s, so all its clients share one limit: set TRUST_PROXY to ' +
    'this address, or to the network it is in.',
  'forwarded-missing': 'The proxy %s, which TRUST_PROXY names, sends no X-Forwarded-For, so all its clients share ' +
    'one limit: have it send the address of the client.',
  'forwarded-passed-on': 'The proxy %s passes X-Forwarded-For on as the client wrote it, so anybody can pretend to ' +
    'be anybody: have it append the address of the client, or replace the header.',

  'oauth-unreachable': 'B24_OAUTH_SERVERS: %s cannot be reached (%s): let this machine connect to it by HTTPS.',
  'oauth-unavailable': 'The authorization server %s answers with %s: wait until Bitrix24 has fixed it.',
  'oauth-unknown': 'B24_OAUTH_SERVERS: %s does not answer as an authorization server of Bitrix24 does: correct it.',
  clock: 'The clock of this machine is %s s %s that of %s: synchronize it (NTP).',
  'client-id': 'No server of B24_OAUTH_SERVERS knows B24_CLIENT_ID: copy it from the application\'s card.',
  'client-secret': 'B24_CLIENT_SECRET is not the secret of B24_CLIENT_ID: copy both from the application\'s card.',

  'portal-unknown': 'The application is not installed on %s: install it there, or correct --portal.',
  'secrets-unreadable': 'No key of APP_SECRET opens the stored secrets of this portal: put the former key back ' +
    `behind the newest one, or ${anew}.`,
  'tokens-missing': `No tokens are stored for this portal: ${anew}.`,
  'tokens-lost': 'The refresh token is spent: open the application once on this portal, as an administrator.',
  'tokens-refused': `The authorization server refuses the tokens with %s: see docs/errors.md, or ${anew}.`,
  'tokens-foreign': `The stored tokens are of another portal or application: ${anew}.`,
  'not-installed': `The portal says that the application is not installed: ${anew}.`,
  'oauth-not-listed': 'B24_OAUTH_SERVERS does not list the authorization server of this portal: add it.',
  'portal-payment': 'The paid or trial period of the application is over: renew it in Bitrix24.',
  'portal-timeout': 'The portal did not answer in time: see whether it is overloaded.',
  'portal-unreachable': 'The portal cannot be asked (%s): see whether it is open to this machine.',
  'portal-refused': `The portal refuses to answer (%s): see docs/errors.md, or ${again}.`,
  'scope-missing': `%s needs the scope "%s": add it to the application's card, then ${again}.`,
  'placement-unbound': `%s is declared, and not bound to PUBLIC_URL/placement: ${again}.`,
  'placement-changed': `%s is bound to another address, or with other texts or options than declared: ${again}.`,
  'placement-stale': `%s is bound, and not declared any more: ${again}.`,
  'event-unbound': `%s is not bound to PUBLIC_URL/events: ${again}.`
}

const notes = {
  'database-memory': 'What is stored at DATABASE_URL ends with the process, and nobody else can read it, so no ' +
    'portal was checked: name a file outside of tests.',
  'public-url-private': 'PUBLIC_URL names a host that only this machine or network knows: portals outside cannot ' +
    'open it.',
  'migrations-pending': 'The migration %s has not run yet: it runs when the service starts next.',
  'oauth-other-unavailable': 'B24_OAUTH_SERVERS: %s does not answer (%s). Another server does and knows the ' +
    'application, and no portal that was looked at belongs to this one.',
  'client-unchecked': 'The authorization servers did not say whether they know B24_CLIENT_ID.',
  'portals-left': '%s further portals were not checked: name one with --portal, or raise --portals.',
  'tokens-unchecked': 'The authorization server did not say whether the tokens are good.',
  'tokens-expired': 'The access token has expired, which is refreshed with the next use, so placements and scopes ' +
    'were not checked: open the application once, then run this again.',
  'system-user-refused': 'The tokens of the system user are no longer good (%s), so the service acts as the ' +
    'administrator. The portal sends new ones when the application is removed and installed again.',
  'system-user-barred': 'The portal does not let the system user use the application (%s), so the service acts as ' +
    'the administrator: grant it access in Bitrix24, or leave it so.',
  'binding-refused': '%s could not be bound at the last installation: this portal does not know it, or does not ' +
    'allow it.'
}

const messages = { ...faults, ...notes }
export type Code = keyof typeof messages
export const codes = Object.keys(messages)

/** The message of an error, as a sentence. */
export const sentence = (message: string): string => /[.?]$/.test(message) ? message : `${message}.`

// What others sent must not look like lines of ours, move the cursor of a terminal, or fill it.
const maxDetail = 2000
const shown = (detail: string | number) => String(detail).replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, maxDetail)

export const find = (code: Code, ...details: ReadonlyArray<string | number>): Finding => ({
  code, level: Object.hasOwn(faults, code) ? 'fault' : 'note', message: format(messages[code], ...details.map(shown))
})
