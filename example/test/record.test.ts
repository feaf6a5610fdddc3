import t from 'tap'
import { codeOf, startService, type Service } from './service.ts'

const open = (service: Service, params: Record<string, unknown>, lang = 'en') =>
  service.open('record', params, { lang, user: 'employee' })

await t.test('record: shows a deal in the user\'s language, with its card', async t => {
  const service = await startService(t)
  const { text, status } = await open(service, { id: 8061 }, 'de')
  t.equal(status, 200)
  for (const part of [
    '<title>Furniture for an office in Berlin</title>', 'Phase', '<bdi>Neu</bdi>', '12.500,00\u00a0€',
    'Verantwortliche Person',
    'data-user-id="2"', `${service.sandbox.url}/crm/deal/details/8061/`
  ]) t.match(text, part)
  t.notMatch(text, 'Erwarteter Abschluss', 'what a deal does not have is not named')
})

await t.test('record: shows an item of a smart process', async t => {
  const service = await startService(t)
  const { content } = service.sandbox.portals.alpha
  const { id } = content.add({
    kind: 'item',
    authorId: 1,
    title: 'A <b>thing</b>',
    fields: { OPPORTUNITY: 1500, CURRENCY_ID: 'POINTS', CLOSEDATE: '2026-12-24T03:00:00+03:00' }
  })
  const { text } = await open(service, { entityTypeId: 183, id })
  for (const part of [
    'A &lt;b&gt;thing', '<bdi>Start</bdi>', '1,500 POINTS', 'December 24, 2026', `/crm/type/183/details/${id}/`,
    'Smart process item'
  ]) t.match(text, part)
  for (const CLOSEDATE of ['soon', 'Room 7', '-000001-01-01']) {
    const { id: bare } = content.add({ kind: 'item', authorId: 1, title: 'Free of charge', fields: { CLOSEDATE } })
    t.notMatch(
      (await open(service, { entityTypeId: 183, id: bare })).text,
      /Amount|Expected close/,
      `what is not there, or cannot be read, is left out: ${CLOSEDATE}`
    )
  }
})

await t.test('record: gets a page that says why when it cannot be shown', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const rows: Array<[params: Record<string, unknown>, status: number, code: string]> = [
    [{ id: 1 }, 404, 'EXAMPLE_RECORD_MISSING'],
    [{ entityTypeId: 183, id: 1 }, 404, 'EXAMPLE_RECORD_MISSING'],
    [{ entityTypeId: 9, id: 1 }, 404, 'EXAMPLE_RECORD_MISSING']
  ]
  for (const [params, status, code] of rows) {
    const answer = await open(service, params)
    t.strictSame([answer.status, codeOf(answer)], [status, code], JSON.stringify(params))
  }
  alpha.scope = ['placement']
  const denied = await open(service, { id: 8061 })
  t.strictSame([denied.status, codeOf(denied)], [403, 'EXAMPLE_RECORD_DENIED'])
  service.sandbox.trouble.rest = 'down'
  const silent = await open(service, { id: 8061 })
  t.strictSame([silent.status, codeOf(silent)], [503, 'B24_ERR_PORTAL_UNAVAILABLE'])
})

await t.test('record: tells in words what the portal refused', async t => {
  const service = await startService(t)
  const rows: Array<[trouble: 'overtime' | 'unpaid', title: string, code: string]> = [
    ['unpaid', 'The paid period is over', 'PAYMENT_REQUIRED'],
    // The last: for a while the method is not called again.
    ['overtime', 'Too many attempts', 'OPERATION_TIME_LIMIT']
  ]
  for (const [trouble, title, code] of rows) {
    service.sandbox.trouble.rest = trouble
    const { status, text } = await open(service, { id: 8061 })
    t.equal(status, 502)
    t.match(text, title)
    t.match(text, `B24_ERR_PORTAL_REFUSED: ${code}`)
  }
})
