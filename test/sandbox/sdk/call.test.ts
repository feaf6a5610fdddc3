import { SdkError } from '@bitrix24/b24jssdk'
import t from 'tap'
import { companies, COMPANY, failed, scene } from './sdk-scene.ts'

const OPERATING = { operating: Number, operating_reset_at: Number }

// test/integration/core/actions-v2-call.spec.ts
await t.test('SDK call: actions.v2.call answers and refuses', async t => {
  const { b24 } = await scene(t)
  const time = await b24.actions.v2.call.make(
    { method: 'server.time', params: {}, requestId: 'test@apiV2/server.time' })
  t.equal(time.isSuccess, true)
  t.match(time.getData(), { result: String, time: OPERATING })

  const get = (taskId: number) =>
    b24.actions.v2.call.make({ method: 'tasks.task.get', params: { taskId, select: ['ID', 'TITLE'] } })
  const task = await get(31)
  t.equal(task.isSuccess, true)
  t.match(task.getData(), { result: { task: { id: '31', title: /^Prepare/ } }, time: OPERATING })
  t.ok(Number(task.getData()?.time?.operating_reset_at) > 0)

  const error = await failed(get(-1))
  t.ok(error instanceof SdkError)
  t.match(error, { code: 'ERR_BAD_REQUEST', message: 'wrong task id', status: 400 })

  const nothing = await get(2)
  t.equal(nothing.isSuccess, true, 'a task that does not exist is an empty answer')
  t.notMatch(nothing.getData()?.result, { task: {} })
})

// test/integration/core/tools.spec.ts
await t.test('SDK call: the health check and the ping succeed', async t => {
  const { b24, sandbox } = await scene(t)
  t.equal(await b24.tools.healthCheck.make({ requestId: 'test@coreTools/healthCheck' }), true)
  t.ok(await b24.tools.ping.make({ requestId: 'test@coreTools/Ping' }) >= 0)
  sandbox.trouble.rest = 'unpaid'
  t.equal(await b24.tools.healthCheck.make(), false)
})

// test/integration/core/deprecated-call.spec.ts
await t.test('SDK call: the deprecated calls still answer', async t => {
  const { b24 } = await scene(t)
  t.match((await b24.callMethod('server.time', {})).getData(), { result: String, time: OPERATING })
  // There with id, where the documentation has taskId: portals take both.
  t.match((await b24.callMethod('tasks.task.get', { id: 31, select: ['ID', 'TITLE'] })).getData(),
    { result: { task: { id: '31', title: /^Prepare/ } }, time: OPERATING })
  const params = { entityTypeId: COMPANY, filter: { '>id': companies.first }, select: ['id'] }
  const page = async (start: number): Promise<number[]> =>
    // The deprecated call declares no result.
    ((await b24.callMethod('crm.item.list', params, start)).getData()?.result as { items: Array<{ id: number }> })
      .items.map(({ id }) => id)
  const pages = await Promise.all([0, 50, 100, 150].map(page))
  t.strictSame(pages.map(({ length }) => length), [50, 50, 50, 50])
  t.equal(new Set(pages.flat()).size, 200, 'no page has items of another one')

  const isNamedA = { entityTypeId: COMPANY, filter: { '=%title': 'A%' }, select: ['id', 'title'] }
  const all = await b24.callListMethod('crm.item.list', isNamedA, null, 'items')
  t.equal(all.isSuccess, true)
  t.equal(all.getData()?.length, 141)
  let found = 0
  for await (const chunk of b24.fetchListMethod('crm.item.list', isNamedA, 'id', 'items')) {
    t.ok(chunk.length > 0)
    found += chunk.length
  }
  t.equal(found, 141)

  const batch = await b24.callBatch({
    Company: { method: 'crm.item.get', params: { entityTypeId: COMPANY, id: companies.first } },
    Contact: { method: 'crm.item.get', params: { entityTypeId: 3, id: 5 } }
  }, true, true)
  t.equal(batch.isSuccess, true)
  const { Company, Contact } = batch.getData() as Record<string, { getData (): unknown }>
  t.match(Company?.getData(), { result: { item: { id: companies.first } }, time: OPERATING })
  t.match(Contact?.getData(), { result: { item: { id: 5 } }, time: OPERATING })

  const chunked = await b24.callBatchByChunk(Array.from({ length: 150 },
    () => ['crm.item.get', { entityTypeId: 3, id: 5 }] as [string, object]), false)
  t.equal(chunked.isSuccess, true)
  t.equal(chunked.getData()?.length, 150)
})

// The same lists by the actions that replace the deprecated calls.
await t.test('SDK call: actions.v2 walks through long lists', async t => {
  const { b24 } = await scene(t)
  const options = {
    method: 'crm.item.list',
    params: { entityTypeId: COMPANY, filter: { '=%title': 'A%' }, select: ['id', 'title'] },
    idKey: 'id',
    customKeyForResult: 'items'
  }
  const all = await b24.actions.v2.callList.make<{ id: number }>(options)
  t.equal(all.getData()?.length, 141)
  const ids: number[] = []
  for await (const chunk of b24.actions.v2.fetchList.make<{ id: number }>(options)) {
    ids.push(...chunk.map(({ id }) => id))
  }
  t.strictSame(ids, all.getData()?.map(({ id }) => id))
})
