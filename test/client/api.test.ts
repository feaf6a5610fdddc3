import t from 'tap'
import { serverFor } from '../servers.ts'
import { failure, openPage } from './scene.ts'
import { createApi, type ApiInit } from '../../client/api.ts'

await t.test('api: calls routes with JSON and the session of the page', async t => {
  const { api, page, employee, alpha } = await openPage(t)
  t.match(await api('/api/me'), { user: { id: employee.id }, portal: { memberId: alpha.memberId } })
  t.strictSame(await api('/api/shelves', { body: { shelf: 7 } }), { shelf: 7 })
  t.equal(await api('/api/shelves', { method: 'DELETE' }), undefined)
  const headers = { 'x-part': '42', authorization: 'Bearer another' }
  t.match(await api('/api/language', { headers }),
    { 'x-part': '42', 'accept-language': 'de', authorization: `Bearer ${page.session}` })
})

await t.test('api: sends a form with files as the browser writes it', async t => {
  const { page, frame } = await openPage(t)
  const origin = await serverFor(t, async ({ headers, method }, response) => {
    response.end(JSON.stringify({ method, type: headers['content-type'], authorization: headers.authorization }))
  })
  const api = createApi({ page, frame: async () => frame, origin })
  const body = new FormData()
  body.append('file', new Blob(['42']), 'part.txt')
  t.match(await api('/api/files', { body }),
    { method: 'POST', type: /^multipart\/form-data; boundary=/, authorization: `Bearer ${page.session}` })
})

await t.test('api: sends files and bytes as they are, and reads a file', async t => {
  const { page, frame } = await openPage(t)
  const origin = await serverFor(t, async (request, response) => {
    const { url, headers: { 'content-type': type } } = request
    request.pipe(response.writeHead(url === '/api/none' ? 404 : 200, { 'content-type': type }))
  })
  const api = createApi({ page, frame: async () => frame, origin })
  const body = new Blob(['a,b'], { type: 'text/csv' })
  const read = async (answer: Response) => await answer.blob()
  const file = await api('/api/files', { body, read })
  t.strictSame([file.type, await file.text()], ['text/csv', 'a,b'])
  const bytes = new TextEncoder().encode('a=b')
  for (const body of [bytes, bytes.buffer, new URLSearchParams({ a: 'b' })]) {
    t.equal(await api('/api/files', { body, headers: { 'content-type': 'a/b' }, read: r => r.text() }), 'a=b')
  }
  t.match(await failure(api('/api/none', { body, read })), ['B24_API_UNREADABLE', 404])
  await t.rejects(api('/api/files', { body, read: async () => { throw new TypeError('no table') } }), /no table/)
})

await t.test("api: acts as the user with the portal's token", async t => {
  const { api, portal, employee, asked } = await openPage(t)
  const whoami = async () => await api('/api/whoami', { method: 'POST', asUser: true })
  t.strictSame(await whoami(), { id: employee.id })
  t.strictSame(asked.splice(0), ['getAuth'])
  portal.auth.authId = 'f'.repeat(70)
  t.strictSame(await whoami(), { id: employee.id }, 'a token that the service does not take is replaced')
  t.strictSame(asked.splice(0), ['getAuth', 'refreshAuth'])
  t.match(await failure(api('/api/whoami', { method: 'POST' })), ['B24_ERR_AUTH_ID_MISSING', 401, String])
  t.strictSame(asked, [], 'it is only sent where that was asked for')
})

await t.test('api: fails with a code, and words for the user', async t => {
  const { api } = await openPage(t)
  const rows: Array<[path: string, init: ApiInit, failure: unknown[]]> = [
    ['/api/none', {}, ['B24_ERR_NOT_FOUND', 404, 'Die Anwendung hat unter dieser Adresse keine Seite.']],
    ['/api/shelves', { body: {} }, ['B24_ERR_CALL_MALFORMED', 400,
      'In der Anwendung ist ein Fehler aufgetreten. Es liegt nicht an Ihnen.']],
    ['/api/elsewhere', {}, ['B24_API_UNREACHABLE', 0,
      'The application does not answer. Check your connection and try again.']]
  ]
  for (const [path, init, expected] of rows) t.strictSame(await failure(api(path, init)), expected, path)
  const details = await api('/api/none').catch((error: { details: object }) => error.details)
  t.match(details, { error: 'B24_ERR_NOT_FOUND', requestId: /.+/ })
  await t.rejects(api('/api/shelves', { body: { shelf: 1n } }), TypeError)
})

await t.test('api: sends nothing to other services', async t => {
  const { page, frame, api, url: origin } = await openPage(t)
  const seen: unknown[] = []
  const other = await serverFor(t, ({ headers }, response) => {
    seen.push(headers)
    response.end('{}')
  })
  const paths = [`${other}/api/me`, `//${new URL(other).host}/`, `/\\${new URL(other).host}/`, 'api/me', '']
  for (const path of paths) {
    t.strictSame(await failure(api(path)), ['B24_API_PATH', 0, `${path} is no path of this service`], path)
  }
  const below = createApi({ page: { ...page, base: '/b24' }, frame: async () => frame, origin })
  t.match(await failure(below('/../api/me')), ['B24_API_PATH', 0, String], 'nor to what is beside the service')
  const moved = await serverFor(t, (_request, response) => {
    response.writeHead(307, { location: `${other}/api/me` }).end()
  })
  const api2 = createApi({ page, frame: async () => frame, origin: moved })
  t.match(await failure(api2('/api/me')), ['B24_API_UNREACHABLE', 0, String], 'redirects are not followed')
  t.strictSame(seen, [])
})

await t.test('api: says so when the service does not answer', async t => {
  const page = { session: 'mock', base: '', lang: 'de' }
  const texts = { unreachable: 'Nicht erreichbar', expired: 'Abgelaufen' }
  const frame = async () => { throw new Error('not asked') }
  const [status, body] = [{ is: 502 }, { is: '<h1>Bad gateway</h1>' }]
  const origin = await serverFor(t, (request, response) => {
    if (request.url === '/api/hang') return
    if (request.url === '/api/cut') response.destroy()
    else response.writeHead(status.is).end(body.is)
  })
  const api = createApi({ page: { ...page, texts }, frame, origin })
  t.strictSame(await failure(api('/api/cut')), ['B24_API_UNREACHABLE', 0, 'Nicht erreichbar'])
  const rows: Array<[status: number, body: string]> =
    [[502, '<h1>Bad gateway</h1>'], [200, '<h1>Sign in</h1>'], [500, ''], [500, 'null'], [400, '[]']]
  for (const [code, text] of rows) {
    status.is = code
    body.is = text
    t.strictSame(await failure(api('/api/me')), ['B24_API_UNREADABLE', code, 'Nicht erreichbar'], `${code} ${text}`)
  }
  const aborted = new AbortController()
  const calling = failure(api('/api/hang', { signal: aborted.signal }))
  aborted.abort()
  t.match(await calling, { name: 'AbortError' }, 'who has aborted a call knows why')
})
