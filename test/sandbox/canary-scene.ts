import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { deliverEvent } from '../../sandbox/event-delivery.ts'
import { sandbox as startSandbox } from '../../sandbox/index.ts'
import { isSecret } from '../../sandbox/secrets.ts'

const NAMES = ['AUTH_ID', 'REFRESH_ID', 'access_token', 'refresh_token', 'client_secret', 'application_token',
  'APP_SID', 'sessid', 'auth', 'code']

/** Where each secret was sent, by its value. */
export const secrets = new Map<string, string>()
const keep = (value: string, where: string): string => {
  secrets.set(value, where)
  return value
}
const canary = (where: string): string => keep(randomBytes(20).toString('hex'), where)
/** A secret under each of the names. */
const canaries = (where: string): Record<string, string> =>
  Object.fromEntries(NAMES.map(name => [name, canary(`${where}: ${name}`)]))
export const leaksIn = (page: string): string[] =>
  [...secrets].flatMap(([value, where]) => page.includes(value) ? [where] : [])

const query = (fields: Record<string, string>): string => new URLSearchParams(fields).toString()

// An application that shows everything it was sent, in the places that `replay` prints.
export const application = createServer(async (request, response) => {
  const { pathname, search } = new URL(request.url ?? '', 'http://localhost')
  const fields = new URLSearchParams(`${search.slice(1)}&${await text(request)}`)
  for (const [name, value] of fields) if (isSecret(name) && !value.startsWith('{{')) keep(value, `${pathname}: ${name}`)
  const shown = [...fields.values()].join(' ')
  response.end(`<title>${shown}</title><h1>${shown}</h1>`)
}).listen(0, '127.0.0.1')
await once(application, 'listening')
// A listening TCP server has such an address.
const appUrl = `http://127.0.0.1:${(application.address() as AddressInfo).port}`

export const sandbox = await startSandbox({ appUrl })
const { alpha } = sandbox.portals
keep(sandbox.clientSecret, 'client secret')
keep(alpha.applicationToken, 'application token')

/** Fields as query, form and JSON, as the value of one field, and one level deeper. */
async function ask (url: string, fields: (way: string) => Record<string, string>): Promise<void> {
  const json = (body: unknown) =>
    ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const form = (body: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(body) })
  const { code: _code, ...nested } = fields(`${url} nested`)
  const twice = query(fields(`${url} twice`))
  await Promise.all([
    fetch(`${url}?${query(fields(`${url} query`))}`),
    fetch(url, form(fields(`${url} form`))),
    fetch(url, form({ [JSON.stringify(fields(`${url} JSON as form`)).replaceAll(/,?"code":"\w+"/g, '')]: '' })),
    fetch(url, json(fields(`${url} JSON`))),
    fetch(url, json({ auth: { ...nested, list: [nested] } })),
    fetch(url, { ...form({}), body: new URLSearchParams(`${twice}&${twice}`) }),
    fetch(url, { headers: { authorization: `Bearer ${canary('header')}` } })
  ])
}

const token = () => keep(alpha.grant(alpha.users.admin).accessToken, 'token')
await ask(`${alpha.url}/rest/profile`, canaries)
await ask(`${alpha.url}/rest/profile.json`, way => ({ ...canaries(way), auth: token() }))
await ask(`${alpha.url}/rest/batch`, way => {
  const { code: _code, ...inner } = canaries(`${way} command`)
  return { auth: token(), 'cmd[first]': `profile?${query(inner)}`, cmd: JSON.stringify(inner) }
})
await ask(`${sandbox.authorizationServer}/oauth/token/`, way =>
  ({ grant_type: 'refresh_token', client_id: sandbox.clientId, ...canaries(way), client_secret: sandbox.clientSecret }))
await ask(`${sandbox.authorizationServer}/oauth/token/`, way =>
  ({ grant_type: 'authorization_code', client_id: sandbox.clientId, ...canaries(way) }))
await ask(`${sandbox.authorizationServer}/rest/app.info`, way => ({ ...canaries(way), auth: token() }))
const post = (path: string, body: unknown) =>
  fetch(
    alpha.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  )
const own = [token(), sandbox.clientSecret, alpha.applicationToken]
for (const secret of own) {
  await post('/rest/app.option.set',
    { auth: token(), options: { note: secret, text: `say ${secret}!`, json: JSON.stringify({ note: secret }) } })
  await post(`/rest/1/${secret}/profile`, { list: [[secret], secret], [secret]: secret, [`{"note":"${secret}"}`]: '' })
  await fetch(`${alpha.url}/rest/${secret}?${query({ note: secret, inner: `?note=${encodeURIComponent(secret)}` })}`)
  await fetch(`${sandbox.authorizationServer}/oauth/token/?${query({ grant_type: secret })}`)
}
await post('/rest/profile', { text: JSON.stringify({ auth: [canary('first of a list'), canary('second of a list')] }) })
await fetch(`${alpha.url}/oauth/authorize/?${query({ client_id: sandbox.clientId, ...canaries('authorize') })}`,
  { redirect: 'manual' })

const { code: _code, ...options } = canaries('placement options')
const params = {
  URI: `/crm/?sessid=${canary('URI')}&auth%5Baccess_token%5D=${canary('URI, brackets')}`,
  ...options,
  inner: { auth: options, text: JSON.stringify(options) }
}
alpha.installed = true
await sandbox.send(alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params }),
  { query: canaries('placement query'), body: canaries('placement') })
await fetch(
  `${alpha.url}/rest/event.bind?${query({ event: 'ONAPPUPDATE', handler: `${appUrl}/events`, auth: token() })}`
)
await deliverEvent(alpha, 'ONAPPUPDATE', Object.fromEntries(Object.entries(canaries('event')).map(([name, value]) =>
  name === 'code' ? [name, value] : [`auth[${name}]`, value])))
for (const secret of own) {
  const handler = `${appUrl}/${secret}/placement?note=${secret}`
  await sandbox.send(alpha.placementCall('DEFAULT', { handler, params: { note: secret, list: [secret] } }),
    { body: { note: secret, PLACEMENT: secret, member_id: secret } })
}
await fetch(`${alpha.url}/marketplace/app/1/`)

export const { entries } = sandbox.wire
for (const { id } of entries) {
  const { url, body = {} } = sandbox.wire.sent(id) ?? { url: appUrl }
  for (const [name, value] of [...new URL(url).searchParams, ...Object.entries(body)]) {
    if (isSecret(name)) keep(value, `sent: ${name}`)
  }
}
