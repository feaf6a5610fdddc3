import { hash } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import type { SandboxUser } from '../../sandbox/index.ts'
import { httpErrors } from '../../src/errors.ts'
import { sessionIn, startService } from '../service.ts'

/** The document, as far as the test reads it. */
interface Schema { required?: string[], properties?: object }
interface Operation {
  requestBody?: object
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}
interface OpenApi { paths: Record<string, Record<string, Operation>> }

const key = 'key-of-a-back-end'
const LINKS_API_KEYS = `test:${hash('sha256', key)}`

const bodies: Array<[type?: string, body?: string]> = [
  [], ['application/json', ''], ['application/json', '{'], ['application/json', 'null'], ['application/json', '[]'],
  ['application/json', '{"__proto__":{"a":1}}'], ['application/json', '{"authId":"a"}'],
  ['application/json', '{"screen":"document","params":{"docId":"1"}}'],
  ['application/json', '{"screen":"document","params":{"docId":{"constructor":1}}}'],
  ['application/json', `"${'x'.repeat(150_000)}"`], ['text/plain', '{}'], ['', '{}'],
  ['multipart/form-data; boundary=x', '--x--'], ['application/x-www-form-urlencoded', 'screen=document']
]
const queries = ['?from=x&after=1-2', '?method=%00&download=n', '?from=1&from=2']
const names = ['a', 'abcdefghijklmnop', '%00', '__proto__', 'x'.repeat(90)]

/** What is sent to an operation: at a usual address with all bodies, and without one at odd addresses. */
function * requestsTo (path: string, { requestBody }: Operation): Generator<[address: string, RequestInit]> {
  const at = (name: string) => path.replace(/\{[^}]+\}/g, name)
  for (const [type, body] of requestBody === undefined ? [[]] : bodies) {
    yield [at('abcdefghijklmnop'), {
      headers: type === undefined ? {} : { 'content-type': type }, ...(body !== undefined && { body })
    }]
  }
  for (const address of new Set([...names.map(at), ...queries.map(query => at('a') + query)])) yield [address, {}]
}

await t.test('openapi: whatever is sent, the answer is one that the description has', async t => {
  const application = join(import.meta.dirname, '../../example')
  const service = await startService(t, { app: { application }, env: { LINKS_API_KEYS } })
  const { url, sandbox: { portals: { alpha } } } = service
  await service.install()
  const open = async (user: SandboxUser) =>
    sessionIn(await service.call(alpha.placementCall('REST_APP_URI', { user })))
  const bearers = ['', key, await open(alpha.users.admin), await open(alpha.users.employee)]
  const { paths } = await (await fetch(`${url}/api/openapi.json`)).json() as OpenApi
  const seen = new Set<string>()

  async function check (method: string, path: string, { responses }: Operation, address: string, init: RequestInit) {
    const answer = await fetch(url + address, { ...init, method })
    const { status } = answer
    const [type = ''] = String(answer.headers.get('content-type')).split(';')
    const text = await answer.text()
    const name = `${method} ${address} ${status} ${type} ${String(init.body).slice(0, 60)}`
    const schema = responses[status]?.content?.[type]?.schema
    if (!t.ok(schema, name) || type !== 'application/json') return
    seen.add(`${method} ${path} ${status}`)
    const parsed: Record<string, unknown> = JSON.parse(text)
    const { required = [], properties = {} } = schema ?? {}
    t.strictSame(Object.keys(parsed).filter(field => !(field in properties)), [], name)
    t.strictSame(required.filter(field => !(field in parsed)), [], name)
    if (status >= 400) t.equal(httpErrors.get(String(parsed['error']))?.statusCode, status, name)
  }

  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      for (const [address, init] of requestsTo(path, operation)) {
        for (const bearer of bearers) {
          const headers = { ...init.headers, ...(bearer && { authorization: `Bearer ${bearer}` }) }
          await check(method, path, operation, address, { ...init, headers })
        }
      }
    }
  }
  for (const part of ['post /api/links 200', 'post /api/links 415', 'get /api/journal 403', 'post /api/session 413']) {
    t.ok(seen.has(part), part)
  }
})
