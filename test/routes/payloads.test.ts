import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { codeOf, startService, type Answer, type Service } from '../service.ts'

// Every example of Bitrix24's documentation, and every capture, with the expected result.
interface Payload { query: Record<string, string>, body: Record<string, string>, rawBody?: string, docsObject?: object }
const folder = join(import.meta.dirname, '../fixtures/payloads')
const files = readdirSync(folder).filter(file => file.endsWith('.json'))
const read = (file: string): Payload => JSON.parse(readFileSync(join(folder, file), 'utf8'))

/** Answers every undeclared placement with the decoded call. */
const echo = (fastify: Service['fastify']) => {
  fastify.placements.setNotFoundHandler(async ({ placement }, reply) => {
    const { code, options, uri, lang } = placement
    return reply.send({ code, options, uri, lang })
  })
}

/** The example as the sandbox's portal would send it: of the same form, with the sandbox's domain and tokens. */
function atHome ({ query, body }: Payload, { sandbox }: Service): Payload {
  const { alpha } = sandbox.portals
  const real = alpha.placementCall('REST_APP_URI')
  const names = ['DOMAIN', 'PROTOCOL', 'AUTH_ID', 'REFRESH_ID', 'SERVER_ENDPOINT', 'APPLICATION_TOKEN', 'member_id']
  const replaced = (fields: Record<string, string>, by: Record<string, string>) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) =>
      [name, names.includes(name) ? by[name] ?? value : value]))
  return { query: replaced(query, real.query), body: replaced(body, real.body) }
}

const placementCalls = files.filter(file => {
  const { query, body = {} } = read(file)
  return query?.['APP_SID'] !== undefined && body['member_id'] !== undefined
})

await t.test('payloads: each placement call is decoded to plain data', async t => {
  t.ok(placementCalls.length > 50, 'the catalogue is there')
  const service = await startService(t, { prepare: echo })
  await service.install()
  const { alpha } = service.sandbox.portals
  for (const file of placementCalls) {
    const payload = read(file)
    const { query, body } = atHome(payload, service)
    const known = ['REST_APP_URI', 'DEFAULT'].includes(body['PLACEMENT'] ?? '')
    const answer = await service.post(`/placement?${new URLSearchParams(query)}`, body)
    t.equal(answer.status, 200, file)
    if (known) {
      t.match(answer.text, `<html lang="${query['LANG']}"`, file)
      continue
    }
    const { URI: uri, ...options } = JSON.parse(body['PLACEMENT_OPTIONS'] ?? '{}')
    const page = uri === undefined ? undefined : new URL(uri, alpha.url)
    page?.searchParams.has('sessid') && page.searchParams.delete('sessid')
    const expected = { code: body['PLACEMENT'], options, ...(page && { uri: page.href }), lang: query['LANG'] }
    t.strictSame(JSON.parse(answer.text), expected, file)
  }
})

await t.test('payloads: a REST_APP_URI link shows what it carried', async t => {
  const service = await startService(t)
  await service.install()
  const rows = [
    ['REST_APP_URI.seed.json', ['test', 'y']],
    ['REST_APP_URI.json', ['docId', '42']]
  ] as const
  for (const [file, shown] of rows) {
    const { query, body } = atHome(read(file), service)
    const { text } = await service.post(`/placement?${new URLSearchParams(query)}`, body)
    for (const word of shown) t.match(text, word, file)
  }
})

await t.test('payloads: the raw bytes of a real capture install the application', async t => {
  const service = await startService(t)
  const { query, body } = atHome(read('INSTALL_DEFAULT.capture.json'), service)
  const answer = await service.post(`/install?${new URLSearchParams(query)}`, body)
  t.equal(answer.status, 200)
  const row = await service.fastify.installations.find(service.sandbox.portals.alpha.memberId)
  t.match(row, { applicationToken: null, tokens: { refreshToken: body['REFRESH_ID'] } })
})

await t.test('payloads: an incomplete call is refused', async t => {
  const service = await startService(t)
  const send = async (file: string, path: string): Promise<Answer> => {
    const { query, body } = read(file)
    return await service.post(`${path}?${new URLSearchParams(query)}`, body)
  }
  const rows: Array<[file: string, path: string, status: number, code: string]> = [
    ['CALENDAR_GRIDVIEW.tutorial.json', '/placement', 400, 'B24_ERR_CALL_MALFORMED'],
    ['USERFIELD_TYPE.json', '/placement', 400, 'B24_ERR_DOMAIN'],
    ['PAGE_BACKGROUND_WORKER_ERROR.json', '/placement', 400, 'B24_ERR_DOMAIN'],
    ['PAGE_BACKGROUND_WORKER_ERROR.json', '/events', 400, 'B24_ERR_CALL_MALFORMED'],
    ['LANDING_BLOCK_STAR.json', '/placement', 400, 'B24_ERR_SERVER_ENDPOINT'],
    ['LANDING_SETTINGS.json', '/placement', 400, 'B24_ERR_SERVER_ENDPOINT'],
    ['EVENT.ONCRMCONTACTADD.capture.json', '/events', 400, 'B24_ERR_EVENT_UNKNOWN'],
    ['ONAPPMETHODCONFIRM.json', '/events', 400, 'B24_ERR_EVENT_UNKNOWN'],
    ['ONAPPPAYMENT.json', '/events', 400, 'B24_ERR_EVENT_UNKNOWN'],
    ['ONAPPUNINSTALL.json', '/events', 403, 'B24_ERR_APPLICATION_TOKEN'],
    ['ONAPPUNINSTALL.json', '/install', 403, 'B24_ERR_APPLICATION_TOKEN']
  ]
  for (const [file, path, status, code] of rows) {
    const answer = await send(file, path)
    t.equal(answer.status, status, `${file} at ${path}`)
    t.equal(codeOf(answer), code, `${file} at ${path}`)
  }
  for (const file of ['ONAPPINSTALL.json', 'ONAPPINSTALL.phpsdk.json', 'ONAPPUPDATE.json', 'ONAPPUSERREADY.json']) {
    const { body } = read(file)
    t.equal(codeOf(await send(file, '/events')), 'B24_ERR_SERVER_ENDPOINT', `${file} names another server`)
    const row = await service.fastify.installations.find(body['auth[member_id]'] ?? '')
    t.equal(row, undefined, `${file} stores nothing`)
  }
  const json = JSON.stringify(read('INSTALL_DEFAULT.starter-json.json').body)
  const { status } = await service.post('/placement', json, { 'content-type': 'application/json' })
  t.equal(status, 415)
  t.equal((await fetch(new URL('/placement', service.url))).status, 200, 'BI_ANALYTICS_MENU.json: a bare GET')
})

await t.test('payloads: every example is tested', async t => {
  const elsewhere = [
    'CALENDAR_GRIDVIEW.tutorial.json', 'USERFIELD_TYPE.json', 'PAGE_BACKGROUND_WORKER_ERROR.json',
    'EVENT.ONCRMCONTACTADD.capture.json', 'ONAPPMETHODCONFIRM.json', 'ONAPPPAYMENT.json', 'ONAPPUNINSTALL.json',
    'ONAPPINSTALL.json', 'ONAPPINSTALL.phpsdk.json', 'ONAPPUPDATE.json', 'ONAPPUSERREADY.json',
    'INSTALL_DEFAULT.starter-json.json', 'BI_ANALYTICS_MENU.json',
    // Answers of servers, and addresses the browser returns to: see authorization-server.test.ts.
    'APP_INFO_RESPONSE.json', 'OAUTH_APP_INFO_RESPONSE.json', 'OAUTH_CODE_REDIRECT.json',
    'OAUTH_CODE_RESPONSE.json', 'OAUTH_ERROR_RESPONSE.json', 'OAUTH_REFRESH_RESPONSE.json'
  ]
  t.strictSame(files.filter(file => !placementCalls.includes(file) && !elsewhere.includes(file)), [])
})
