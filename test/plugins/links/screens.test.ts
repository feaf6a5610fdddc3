import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { SandboxUser } from '../../../sandbox/index.ts'
import { parseSliderLink } from '../../../src/http/slider-link.ts'
import { codeOf, startService, type Service } from '../../service.ts'

const params = Type.Object({ partId: Type.Integer({ minimum: 1, title: 'Number of the part' }) })

async function start (t: Test): Promise<Service> {
  const service = await startService(t, {
    prepare: fastify => {
      fastify.screen('part', {
        schema: { params }, title: { en: 'Part', de: 'Teil' }
      }, async ({ screen }) => ({ part: screen.params.partId }))
      fastify.screen('offer', {
        schema: { params }, title: 'RecoveryCall', signed: { expiresIn: 60 }
      }, async ({ screen }) => ({ offer: screen.params.partId }))
    }
  })
  await service.install()
  return service
}

/** What the link of a screen carries into the call. */
function linkOf ({ fastify, sandbox: { portals: { alpha } } }: Service, screen: string): Record<string, unknown> {
  const { path } = fastify.links.write(
    screen, { partId: 42 }, { portal: { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` } }
  )
  return parseSliderLink(path).params as Record<string, unknown> // a link to a screen carries its name
}

await t.test('screens: open by a link, and by openApplication of a page', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const open = async (code: string, params: object) => JSON.parse(
    (await service.call(alpha.placementCall(code, { params }))).text
  )
  t.strictSame(await open('REST_APP_URI', linkOf(service, 'part')), { part: 42 })
  t.strictSame(await open('REST_APP_URI', linkOf(service, 'offer')), { offer: 42 })
  t.strictSame(await open('DEFAULT', { screen: 'part', partId: 42 }), { part: 42 })
})

await t.test('screens: answer a bad link with a page in the user\'s language', async t => {
  const service = await start(t)
  const { alpha, beta } = service.sandbox.portals
  await service.install(beta)
  const part = linkOf(service, 'part')
  const offer = linkOf(service, 'offer')
  const { sig, ...unsigned } = offer
  const rows: Array<[name: string, params: object, status: number, code: string, text: string]> = [
    ['no such screen', { ...part, screen: 'nothing' }, 404, 'B24_ERR_SCREEN_UNKNOWN', 'Link'],
    [
      'a parameter of the wrong type', { ...part, partId: 'x' }, 400, 'B24_ERR_OPTIONS_MISMATCH',
      '<bdi>Number of the part'
    ],
    ['a missing parameter', { screen: 'part' }, 400, 'B24_ERR_OPTIONS_MISMATCH', '<bdi>Number of the part'],
    ['a prototype', JSON.parse(
      '{"screen":"part","partId":"1","__proto__":{"a":"1"}}'
    ), 400, 'B24_ERR_PLACEMENT_OPTIONS', 'Link'],
    ['a changed parameter', { ...offer, partId: '43' }, 403, 'B24_ERR_LINK_SIGNATURE', 'Link'],
    ['an end in the far future', { ...offer, exp: '99999999999' }, 403, 'B24_ERR_LINK_SIGNATURE', 'Link'],
    ['no signature', unsigned, 403, 'B24_ERR_LINK_SIGNATURE', 'Link'],
    ['a signature of another length', { ...offer, sig: `${String(sig)}AAAA` }, 403, 'B24_ERR_LINK_SIGNATURE', 'Link']
  ]
  for (const [name, params, status, code, text] of rows) {
    const answer = await service.call(alpha.placementCall('REST_APP_URI', { params, lang: 'de' }))
    t.strictSame([answer.status, codeOf(answer)], [status, code], name)
    t.match(answer.text, text, name)
    t.match(answer.text, 'lang="de"', name)
  }
  const elsewhere = await service.call(beta.placementCall('REST_APP_URI', { params: offer }))
  t.strictSame([elsewhere.status, codeOf(elsewhere)], [403, 'B24_ERR_LINK_SIGNATURE'], 'a link of another portal')
  const lines = service.log.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'call')
  for (const code of ['B24_ERR_SCREEN_UNKNOWN', 'B24_ERR_LINK_SIGNATURE']) {
    t.ok(lines.some(({ outcome }) => outcome === code), code)
  }
})

await t.test('home: offers a form for each screen, and shows visits', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const home = async (user: SandboxUser = alpha.users.admin, lang = 'en') => (
    await service.call(alpha.placementCall('DEFAULT', { user, lang }))
  ).text
  t.match(await home(), 'No link to a page has been opened yet.')
  for (const user of [alpha.users.admin, alpha.users.employee, alpha.users.employee]) {
    await service.call(alpha.placementCall('REST_APP_URI', { params: linkOf(service, 'part'), user }))
  }
  const page = await home(alpha.users.admin, 'de')
  t.match(page, /<form[^>]* data-screen="part"[^]*Number of the part/)
  t.match(page, /<form[^>]* data-screen="offer"/)
  t.match(page, /<bdi>Teil<\/bdi>[^]*<bdi>Number of the part<\/bdi>[^]*<bdi>42<\/bdi>/)
  t.match(page, /<svg[^>]*>\s*<rect[^]*<td class="number" data-label="[^"]+">3<\/td>/)
  t.match(page, /data-user-id="2">ID 2<\/bdi> <span class="number">× 2</)
  const asEmployee = await home(alpha.users.employee)
  t.match(asEmployee, /<td class="number"[^>]*>3<\/td>/)
  t.notMatch(asEmployee, 'data-user-id', 'others do not see who')
  await service.call(alpha.placementCall(
    'REST_APP_URI', { params: { ...linkOf(service, 'part'), partId: '4711' }, user: alpha.users.admin }
  ))
  t.match(await home(), '4711')
  t.notMatch(await home(alpha.users.employee), '4711', 'and see the links that they have opened')
})

await t.test('home: says whose visits it shows', async t => {
  const service = await start(t)
  const { portals: { alpha }, trouble } = service.sandbox
  const home = async (user: SandboxUser) => (await service.call(alpha.placementCall('DEFAULT', { user }))).text
  const open = async (user: SandboxUser) => await service.call(
    alpha.placementCall('REST_APP_URI', { params: linkOf(service, 'part'), user })
  )
  const { admin, employee } = alpha.users
  t.match(await home(employee), 'You have not opened a link to a page yet.')
  await open(employee)
  t.match(await home(employee), 'The links that you have opened in the last 90 days')
  t.match(await home(admin), 'Which links were opened in the last 90 days')
  for (const rest of ['down', 'unpaid'] as const) {
    trouble.rest = rest
    t.match(await home(admin), 'You have not opened a link to a page yet.', rest)
  }
  trouble.rest = 'none'
  await open(admin)
  trouble.rest = 'down'
  t.match(await home(admin), 'The links that you have opened in the last 90 days')
})

await t.test('home: appears without visits when the store cannot tell', async t => {
  const file = join(t.testdir(), 'store.db')
  const service = await startService(t, { env: { DATABASE_URL: `sqlite:${file}` } })
  await service.install()
  const { alpha } = service.sandbox.portals
  new Database(file).exec('DROP TABLE links').close()
  const { status, text } = await service.call(alpha.placementCall('DEFAULT'))
  t.equal(status, 200)
  t.match(text, 'Share the application')
  t.notMatch(text, 'id="visits"')
  t.match(service.log.join(), 'a section of the home cannot be shown')
})

await t.test('home: shows no visits when none are counted', async t => {
  const service = await startService(t, { env: { LINK_VISITS_DAYS: '0' } })
  await service.install()
  t.notMatch((await service.call(service.sandbox.portals.alpha.placementCall('DEFAULT'))).text, 'id="visits"')
})
