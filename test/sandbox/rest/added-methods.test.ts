import t, { type Test } from 'tap'
import { page, sandbox, type SandboxMethod } from '../../../sandbox/index.ts'
import { serverFor } from '../../servers.ts'
import { callRest, failureOf, resultOf, sandboxFor } from '../helper.ts'

/** What the portal answers to `crm.x.y` when the test has added this method. */
async function answerOf (t: Test, method: SandboxMethod) {
  const { portals: { alpha } } = await sandboxFor(t, { methods: { 'crm.x.y': method } })
  return await callRest(alpha, 'crm.x.y')
}

/** A sandbox with a method that does not work; it is closed, whatever it says then. */
async function brokenSandbox (t: Test, method: SandboxMethod, appUrl = 'http://127.0.0.1:9') {
  const bitrix24 = await sandbox({ appUrl, methods: { 'crm.x.y': method } })
  t.after(() => bitrix24.close().catch(() => {}))
  // The portal tells the terminal, too.
  const { error } = console
  console.error = () => {}
  t.after(() => { console.error = error })
  return bitrix24
}

await t.test('added methods: get what was sent, and the portal that was asked', async t => {
  const { portals: { alpha, beta } } = await sandboxFor(t, {
    methods: { 'crm.Product.get': ({ id, Filter }, { name }) => ({ id, Filter, name }) }
  })
  t.strictSame(await resultOf(alpha, 'crm.product.get', { id: 7, Filter: { a: 1 } }),
    { id: 7, Filter: { a: 1 }, name: 'Alpha' })
  t.match(await resultOf(beta, 'CRM.PRODUCT.GET'), { name: 'Beta' })
  t.notOk('auth' in Object(await resultOf(alpha, 'crm.product.get')), 'the token is not among the parameters')
})

await t.test('added methods: get no more than the application has sent through the SDK', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { methods: { 'crm.x.y': params => params } })
  const params = { id: 7, bx24_request_id: 'r', bx24_sdk_ver: '2.2.0', bx24_sdk_type: 'b24-js-sdk' }
  t.strictSame(await resultOf(alpha, 'crm.x.y', params), { id: 7 })
})

await t.test('added methods: replace those of the portal', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { methods: { 'user.current': () => ({ ID: '99' }) } })
  t.strictSame(await resultOf(alpha, 'user.current'), { ID: '99' })
})

await t.test('added methods: may answer later, and in a batch', async t => {
  const { portals: { alpha } } = await sandboxFor(t, {
    methods: {
      'crm.x.add': async ({ name }) => ({ id: `${name}-1` }),
      'crm.x.get': ({ id }) => {
        if (id === 'none') throw Object.assign(new Error('Not found'), { code: 'NOT_FOUND', status: 404 })
        return id
      }
    }
  })
  const cmd = { add: 'crm.x.add?name=part', get: 'crm.x.get?id=$result[add][id]', none: 'crm.x.get?id=none' }
  t.match(await resultOf(alpha, 'batch', { cmd }), {
    result: { add: { id: 'part-1' }, get: 'part-1' },
    result_error: { none: { error: 'NOT_FOUND', error_description: 'Not found' } }
  })
})

await t.test('added methods: a list comes in pages', async t => {
  const rows = Array.from({ length: 60 }, (_, index) => index)
  const { portals: { alpha } } = await sandboxFor(t, { methods: { 'crm.x.list': ({ start }) => page(rows, start) } })
  t.match((await callRest(alpha, 'crm.x.list')).body, { result: rows.slice(0, 50), next: 50, total: 60 })
  const { body } = await callRest(alpha, 'crm.x.list', { start: 50 })
  t.match(body, { result: rows.slice(50), total: 60 })
  t.notOk('next' in body)
})

await t.test('added methods: an error with code and status is the answer', async t => {
  const { portals: { alpha } } = await sandboxFor(t, {
    methods: {
      'crm.x.y': () => { throw Object.assign(new Error('No rights.'), { code: 'ACCESS_DENIED', status: 403 }) }
    }
  })
  t.strictSame(await callRest(alpha, 'crm.x.y'),
    { status: 403, body: { error: 'ACCESS_DENIED', error_description: 'No rights.' } })
})

await t.test('added methods: nothing is answered as null', async t => {
  t.match(await answerOf(t, () => undefined), { status: 200, body: { result: null } })
})

await t.test('added methods: whatever else goes wrong fails the test', async t => {
  const failing: Array<[name: string, method: SandboxMethod, message: string]> = [
    ['a mistake', () => { throw new TypeError('x is undefined') }, 'x is undefined'],
    ['a code alone', () => { throw Object.assign(new Error('a'), { code: 'A' }) }, 'a'],
    ['a code that is no text', () => { throw Object.assign(new Error('b'), { code: 1, status: 400 }) }, 'b'],
    ['a status of no error', () => { throw Object.assign(new Error('c'), { code: 'C', status: 200 }) }, 'c'],
    ['a status that is no number', () => { throw Object.assign(new Error('d'), { code: 'D', status: '400' }) }, 'd'],
    ['no error', async () => { throw Object('e') }, 'e'],
    ['an answer without JSON', () => ({ id: 1n }), 'Do not know how to serialize a BigInt'],
    ['a page without JSON', () => page([1n], 0), 'Do not know how to serialize a BigInt']
  ]
  for (const [name, method, message] of failing) {
    const bitrix24 = await brokenSandbox(t, method)
    t.strictSame(await failureOf(bitrix24.portals.alpha, 'crm.x.y'), [500, 'request_failed'], name)
    const expected = `The method crm.x.y that the test has given to the sandbox failed: ${message}`
    await t.rejects(bitrix24.close(), { message: expected }, name)
  }
})

await t.test('added methods: a failure is told by the call that met it, once', async t => {
  const asked: Array<() => Promise<unknown>> = []
  const appUrl = await serverFor(t, async (_request, response) => {
    await Promise.all(asked.map(ask => ask()))
    response.end('done')
  })
  const cause = new Error('out of paper')
  const bitrix24 = await brokenSandbox(t, () => { throw cause }, appUrl)
  const { alpha } = bitrix24.portals
  asked.push(() => callRest(alpha, 'crm.x.y'))
  await t.rejects(bitrix24.install(), { message: /crm\.x\.y .* failed: out of paper/, cause })
  t.equal(alpha.installed, false)
  await t.rejects(bitrix24.send(alpha.placementCall('DEFAULT')), { message: /out of paper/ })
  asked.length = 0
  t.match(await bitrix24.send(alpha.placementCall('DEFAULT')), { status: 200, text: 'done' })
  await t.resolves(bitrix24.close())
})

await t.test('added methods: what cannot be a method is refused', async t => {
  const noFunction = { 'crm.x.y': { run: 1 } } as unknown as Record<string, SandboxMethod>
  await t.rejects(sandbox({ methods: noFunction }), { message: 'The REST method crm.x.y must be a function.' })
  await t.rejects(sandbox({ methods: { Batch: () => 1 } }), { message: 'The REST method batch cannot be replaced.' })
})
