import t from 'tap'
import { attributeIn, codeOf, startService, type Person, type Service } from './service.ts'

const open = ({ sandbox, alpha }: Service, id = 8061, { user = 'employee', lang = 'en' }: {
  user?: Person, lang?: string
} = {}) => {
  const call = { params: { ID: String(id) }, user: alpha.users[user], lang }
  return sandbox.send(alpha.placementCall('CRM_DEAL_DETAIL_TAB', call))
}

const commentsOf = ({ alpha }: Service) =>
  alpha.content.list('deal-comment').map(({ parent, authorId, text }) => [parent, authorId, text])

await t.test('deal tab: is bound, and shows the deal, its stage and contact', async t => {
  const service = await startService(t)
  const { alpha } = service
  const bound = alpha.placements.find(({ placement }) => placement === 'CRM_DEAL_DETAIL_TAB')
  t.match(bound?.langAll, { en: { TITLE: 'At a glance' }, ar: { TITLE: 'نظرة سريعة' } })
  const { status, text } = await open(service, 8061, { lang: 'de' })
  t.equal(status, 200)
  for (const part of [
    'Furniture for an office in Berlin', '<bdi>Neu</bdi>', '12.500,00\u00a0€', 'Marta Lind',
    `${alpha.url}/crm/contact/details/5/`, 'Kommentar speichern'
  ]) t.match(text, part)
  t.match((await open(service, 8062)).text, '<bdi>In progress</bdi>')
})

await t.test('deal tab: leaves out what a deal does not have', async t => {
  const service = await startService(t)
  const { id } = service.alpha.content.add({
    kind: 'deal', authorId: 1, title: 'Bare', fields: { STAGE_ID: 'C7:OWN', CATEGORY_ID: 7, CONTACT_ID: 99 }
  })
  const { text } = await open(service, id)
  t.match(text, '<bdi>C7:OWN</bdi>', 'a stage without a name is shown by its code')
  t.notMatch(text, /Amount|Contact/)
})

await t.test('deal tab: says why a deal cannot be shown', async t => {
  const service = await startService(t)
  const missing = await open(service, 1)
  t.strictSame([missing.status, codeOf(missing)], [404, 'EXAMPLE_RECORD_MISSING'])
  service.alpha.scope = ['placement']
  const denied = await open(service)
  t.strictSame([denied.status, codeOf(denied)], [403, 'EXAMPLE_RECORD_DENIED'])
})

await t.test('deal tab: saves a comment in the timeline, as the user', async t => {
  const service = await startService(t)
  const { alpha } = service
  const page = await open(service)
  const grant = attributeIn(page, 'data-grant')
  const { accessToken } = alpha.grant(alpha.users.employee)
  const saved = await service.call('/api/deal-comments', { grant, text: 'Call <b>her</b>' }, page, accessToken)
  t.equal(saved.status, 201)
  t.strictSame(commentsOf(service), [['8061', 2, 'Call <b>her</b>']])
  t.notMatch(service.log.join(''), grant)
  t.notMatch(service.log.join(''), accessToken)
})

await t.test('deal tab: refuses a comment of somebody else, or for something else', async t => {
  const service = await startService(t)
  const { alpha } = service
  const page = await open(service)
  const grant = attributeIn(page, 'data-grant')
  const { accessToken } = alpha.grant(alpha.users.employee)
  const others = await open(service, 8062, { user: 'designer' })
  const sidebar = await service.sandbox.send(
    alpha.placementCall('IM_SIDEBAR', { params: { dialogId: 'chat2' }, user: alpha.users.employee }))
  const rows: Array<[name: string, body: object, token: string | undefined, status: number]> = [
    ['without the token of the user', { grant, text: 'a' }, undefined, 401],
    ['with the token of another user', { grant, text: 'a' }, alpha.grant(alpha.users.admin).accessToken, 401],
    ['with the grant of another user', { grant: attributeIn(others, 'data-grant'), text: 'a' }, accessToken, 401],
    ['with the grant of another page', { grant: attributeIn(sidebar, 'data-grant'), text: 'a' }, accessToken, 401],
    ['with a forged grant', { grant: 'forged', text: 'a' }, accessToken, 401],
    ['of spaces', { grant, text: ' ' }, accessToken, 400],
    ['that is too long', { grant, text: 'a'.repeat(5001) }, accessToken, 400]
  ]
  for (const [name, body, token, status] of rows) {
    t.equal((await service.call('/api/deal-comments', body, page, token)).status, status, name)
  }
  t.equal((await service.call('/api/deal-comments', { grant, text: 'a' }, {}, accessToken)).status, 401, 'no session')
  t.strictSame(commentsOf(service), [])
  service.alpha.scope = ['placement']
  const denied = await service.call('/api/deal-comments', { grant, text: 'a' }, page, accessToken)
  t.strictSame([denied.status, codeOf(denied)], [502, 'B24_ERR_PORTAL_REFUSED'])
})
