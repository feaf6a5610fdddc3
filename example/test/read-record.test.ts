import t from 'tap'
import { PortalRefusedError, type RestAnswer } from 'fastify-bitrix24'
import { cardPath, readRecord } from '../crm/record.ts'

const deal = { id: 1 }
const answering = (answer: RestAnswer) => ({ batch: async () => ({ record: answer }) })

await t.test('readRecord: throws when the portal refuses, or has no record', async t => {
  const rows: Array<[answer: RestAnswer, code: string]> = [
    [{ error: 'unknown', text: 'Not found' }, 'EXAMPLE_RECORD_MISSING'],
    [{ ok: null }, 'EXAMPLE_RECORD_MISSING'],
    [{ ok: false }, 'EXAMPLE_RECORD_MISSING'],
    [{ error: 'unknown', text: 'Access denied.' }, 'EXAMPLE_RECORD_DENIED'],
    [{ error: 'unknown', text: 'ID is not defined or invalid' }, 'B24_ERR_PORTAL_REFUSED'],
    [{ error: 'unknown', text: '' }, 'B24_ERR_PORTAL_REFUSED'],
    [{ error: 'NOT_FOUND', text: 'SPA not found' }, 'EXAMPLE_RECORD_MISSING'],
    [{ error: 'ACCESS_DENIED', text: 'Access denied' }, 'EXAMPLE_RECORD_DENIED'],
    [{ error: 'insufficient_scope', text: '' }, 'EXAMPLE_RECORD_DENIED'],
    [{ error: 'OVERLOAD_LIMIT', text: '' }, 'B24_ERR_PORTAL_REFUSED']
  ]
  for (const [answer, code] of rows) await t.rejects(readRecord(answering(answer), deal), { code }, code)
  await t.rejects(readRecord(answering({ ok: null }), { id: 1, entityTypeId: 183 }), { code: 'EXAMPLE_RECORD_MISSING' })
  await t.rejects(readRecord(
    { batch: async () => { throw new PortalRefusedError('expired_token') } }, deal
  ), { code: 'B24_ERR_PORTAL_REFUSED', portalCode: 'expired_token' })
  await t.rejects(readRecord({ batch: async () => { throw new TypeError('a bug') } }, deal), TypeError)
})

await t.test('readRecord: reads a record of nothing but a title, even of blanks', async t => {
  t.strictSame(await readRecord(answering({ ok: { ID: '1', TITLE: ' ', STAGE_ID: null } }), deal), {
    title: 'ID 1',
    stage: undefined,
    pipelineId: undefined,
    contactId: undefined,
    amount: undefined,
    responsibleId: undefined,
    authorId: undefined,
    createdAt: undefined,
    changedAt: undefined,
    closesAt: undefined
  })
})

await t.test('readRecord: leaves out numbers that are none, and texts that cannot be seen', async t => {
  const rows: Array<[value: string, amount: number | undefined, responsibleId: number | undefined, title: string]> = [
    ['7', 7, 7, '7'],
    ['-5.5', -5.5, undefined, '-5.5'],
    ['1e400', undefined, undefined, '1e400'],
    ['NaN', undefined, undefined, 'NaN'],
    ['-0', undefined, undefined, '-0'],
    ['9007199254740993', 9007199254740992, undefined, '9007199254740993'],
    ['\u200B\u2060', undefined, undefined, 'ID 1']
  ]
  for (const [value, amount, responsibleId, title] of rows) {
    const ok = { TITLE: value, OPPORTUNITY: value, CURRENCY_ID: 'EUR', ASSIGNED_BY_ID: value }
    const record = await readRecord(answering({ ok }), deal)
    t.strictSame([record.amount?.value, record.responsibleId, record.title], [amount, responsibleId, title], value)
  }
})

await t.test('cardPath: knows a deal by its type, too', async t => {
  t.strictSame([{ id: 5 }, { id: 5, entityTypeId: 2 }, { id: 5, entityTypeId: 183 }].map(cardPath), [
    '/crm/deal/details/5/', '/crm/deal/details/5/', '/crm/type/183/details/5/'
  ])
})
