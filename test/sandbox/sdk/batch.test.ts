import { AjaxResult } from '@bitrix24/b24jssdk'
import type { B24OAuth } from '@bitrix24/b24jssdk'
import t from 'tap'
import { callRest } from '../helper.ts'
import { companies, COMPANY, scene } from './sdk-scene.ts'

// test/integration/core/actions-v2-batch.spec.ts: each form of a batch, with and without a wrong command in it, which
// stops it or not.

const list = (key: string, id: number): [string, object] =>
  ['crm.item.list', { entityTypeId: COMPANY, select: ['id'], filter: { [key]: id } }]
const good = list('>id', companies.first)
const wrong = list('>ddId', companies.first)
const last = list('>id', companies.last - 1)

const asObject = ([method, params]: [string, object]) => ({ method, params })

/** The same commands in the three forms that the SDK takes. */
const forms: Array<[name: string, make: (calls: Array<[string, object]>) => unknown]> = [
  ['a list', calls => calls],
  ['a list of objects', calls => calls.map(asObject)],
  ['an object', calls => Object.fromEntries(calls.map((call, index) =>
    [`cmd${index}`, index % 2 === 0 ? call : asObject(call)]))]
]

async function run (b24: B24OAuth, calls: unknown, isHaltOnError: boolean, returnAjaxResult: boolean) {
  // The SDK declares a form of its own for each kind of calls.
  const make = b24.actions.v2.batch.make.bind(b24.actions.v2.batch) as
    (options: object) => Promise<{ isSuccess: boolean, getData (): object, getErrors (): Iterable<{ code: string }> }>
  const answer = await make({ calls, options: { isHaltOnError, returnAjaxResult, requestId: 'test@apiV2/batch' } })
  return {
    isSuccess: answer.isSuccess,
    codes: [...answer.getErrors()].map(({ code }) => code),
    keys: Object.keys(answer.getData()),
    rows: Object.values(answer.getData())
  }
}

const OPERATING = { operating: Number, operating_reset_at: Number }

for (const [name, make] of forms) {
  await t.test(`SDK batch: ${name} of commands`, async t => {
    const { b24 } = await scene(t)
    const { isSuccess, keys, rows } = await run(b24, make([good, last]), true, true)
    t.equal(isSuccess, true)
    t.strictSame(keys, Object.keys(Object(make([good, last]))))
    for (const row of rows) {
      t.ok(row instanceof AjaxResult)
      t.match(row.getData(), { result: { items: [{ id: Number }] }, time: OPERATING })
    }
    const plain = await run(b24, make([good, last]), true, false)
    t.match(plain, { isSuccess: true, rows: [{ items: [{ id: Number }] }, { items: [{ id: companies.last }] }] })
    for (const row of plain.rows) t.notOk(row instanceof AjaxResult)

    const calls = make([good, wrong, last, wrong])
    const all = await run(b24, calls, false, true)
    t.match(all, { isSuccess: false, codes: ['INVALID_ARG_VALUE', 'INVALID_ARG_VALUE'] })
    t.strictSame(all.rows.map(row => row.isSuccess), [true, false, true, false])
    t.strictSame([...all.rows[1].getErrors()].map(({ code }) => code), ['INVALID_ARG_VALUE'])
    t.match((await run(b24, calls, false, false)).codes, ['INVALID_ARG_VALUE', 'INVALID_ARG_VALUE'])

    const halted = await run(b24, calls, true, true)
    t.match(halted, { isSuccess: false, codes: ['INVALID_ARG_VALUE'] })
    t.match((await run(b24, calls, true, false)).codes, ['INVALID_ARG_VALUE'])
  })
}

// test/integration/core/callBatch-v2.spec.ts, of an older SDK: a batch has used no time, its commands have.
await t.test('SDK batch: the time of a batch is that of its commands', async t => {
  const { portal } = await scene(t)
  t.match((await callRest(portal, 'batch', { cmd: ['server.time'] })).body,
    { time: { operating: 0, operating_reset_at: Number }, result: { result_time: [OPERATING] } })
})

// "preserves null result" of the same file: there with im.chat.get, which the sandbox lacks.
await t.test('SDK batch: null is the answer of a method that says null', async t => {
  const { b24 } = await scene(t, { methods: { 'im.chat.get': () => null } })
  const { rows: [row] } = await run(b24, { chat: { method: 'im.chat.get', params: {} } }, false, true)
  t.equal(row.isSuccess, true)
  t.equal(row.getData().result, null)
})
