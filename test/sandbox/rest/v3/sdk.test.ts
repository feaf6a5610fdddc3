import { B24OAuth, BatchRefV3, FilterV3 } from '@bitrix24/b24jssdk'
import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { sandboxFor } from '../../helper.ts'
import { failureV3, resultV3 } from './scene.ts'

function sdkFor (portal: Portal): B24OAuth {
  const { accessToken, refreshToken } = portal.grant(portal.users.employee)
  return new B24OAuth({
    applicationToken: '',
    userId: portal.users.employee.id,
    memberId: portal.memberId,
    accessToken,
    refreshToken,
    expires: Infinity,
    expiresIn: 3600,
    scope: 'tasks',
    domain: portal.domain,
    clientEndpoint: `${portal.url}/rest`,
    serverEndpoint: `${portal.state.authorizationServer}/rest/`,
    status: 'L'
  }, { clientId: '', clientSecret: '' })
}

await t.test('REST 3.0: the SDK of Bitrix24 reads and lists tasks', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { actions: { v3 } } = sdkFor(alpha)
  const fields = { title: 'Task title', creatorId: 2, responsibleId: 3 }
  for (let count = 0; count < 3; count++) await v3.call.make({ method: 'tasks.task.add', params: { fields } })
  const one = await v3.call.make({ method: 'tasks.task.get', params: { id: 32, select: ['id', 'title'] } })
  t.strictSame(one.getData()?.result, { item: { id: 32, title: 'Task title' } })
  const all = await v3.callList.make({
    method: 'tasks.task.list',
    params: { select: ['id'], filter: FilterV3.build(FilterV3.not(FilterV3.eq('id', 31))) },
    limit: 2,
    customKeyForResult: 'items'
  })
  t.strictSame(all.getData(), [{ id: 32 }, { id: 33 }, { id: 34 }])
})

await t.test('REST 3.0: the SDK of Bitrix24 sends a batch', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { actions: { v3 } } = sdkFor(alpha)
  const answer = await v3.batch.make({
    calls: {
      all: { method: 'tasks.task.list', params: { select: ['id'] } },
      one: { method: 'tasks.task.get', params: { id: 31, select: ['id', 'responsibleId'] } },
      same: { method: 'tasks.task.list', params: { filter: [['id', 'in', BatchRefV3.refArray('all.id')]] } },
      again: { method: 'tasks.task.get', params: { id: BatchRefV3.ref('one.item.id'), select: ['id'] } }
    }
  })
  t.strictSame(answer.getData(), {
    all: { items: [{ id: 31 }] },
    one: { item: { id: 31, responsibleId: 2 } },
    same: { items: [{ id: 31 }] },
    again: { item: { id: 31 } }
  })
})

await t.test('REST 3.0: a batch fails as a whole', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  const get = { method: 'tasks.task.get', query: { id: 31, select: ['id'] } }
  t.strictSame(await resultV3(alpha, 'batch', { 0: get, 1: get }), [{ item: { id: 31 } }, { item: { id: 31 } }])
  t.strictSame(await failureV3(alpha, 'batch', { 0: get, 1: { method: 'main.eventlog.list' } }),
    [404, 'METHODNOTFOUND'])
  t.match(wire.entries.at(-1)?.outcome, /: main\.eventlog\.list is not in the sandbox$/)
  t.strictSame(await failureV3(alpha, 'batch', { 0: { method: get.method, query: { id: { $refArray: 'x' } } } }),
    [400, 'INVALIDSELECT'])
  t.strictSame(await failureV3(alpha, 'batch', { ...Array.from({ length: 51 }, () => get) }),
    [400, 'VALIDATION_REQUESTVALIDATION'])
})
