import { join } from 'node:path'
import { Type, type Static } from '@sinclair/typebox'
import SqliteDatabase from 'better-sqlite3'
import t, { type Test } from 'tap'
import { parseSliderLink } from '../../../src/http/slider-link.ts'
import type { SandboxUser } from '../../../sandbox/portal.ts'
import { startService, type ServiceOptions } from '../../service.ts'
import { until } from '../../until.ts'

const Shelf = Type.Object({ shelfId: Type.Integer() })
declare module 'fastify' {
  interface ScreenParams { stockroom: Static<typeof Shelf> }
}

/** A service with one screen, a link to it, and ways to open the link and to ask for its visits. */
async function serviceFor (t: Test, options: ServiceOptions = {}) {
  const service = await startService(t, {
    ...options,
    prepare: fastify => {
      fastify.screen('stockroom', {
        schema: { params: Shelf }, title: 'Stockroom'
      }, async ({ placement: { user, portal } }, reply) =>
        await reply.page('link', { params: [], code: '', user, portal, uri: '', language: '' }))
    }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  const link = service.fastify.links.to(
    'stockroom', { shelfId: 42 }, { portal: { memberId: alpha.memberId, endpoint: `https://${alpha.domain}/rest/` } }
  )
  const { params } = parseSliderLink(link.path)
  return {
    ...service,
    alpha,
    link,
    open: async (user: SandboxUser = alpha.users.admin) => await service.call(
      alpha.placementCall('REST_APP_URI', { user, params })
    ),
    ask: async (session: string, id = link.id) => {
      const answer = await fetch(
        new URL(`/api/links/${id}/visits`, service.url), { headers: { authorization: `Bearer ${session}` } }
      )
      return { status: answer.status, json: await answer.json() }
    },
    session: async (changes: {
      memberId?: string, userId?: number, isAdmin?: boolean
    } = {}) => await service.fastify.pageTokens.createSession({
      memberId: alpha.memberId,
      userId: alpha.users.admin.id,
      domain: alpha.domain,
      placement: 'DEFAULT',
      lang: 'en',
      ...changes
    }, Date.now() + 60_000)
  }
}
const code = ({ status, json }: { status: number, json: { error?: string } }) => `${status} ${json.error}`

await t.test('visits route: counts users, and names them to administrators', async t => {
  const start = Date.now()
  const { alpha, link, open, ask, session } = await serviceFor(t)
  for (const user of [alpha.users.admin, alpha.users.employee, alpha.users.admin]) {
    t.equal((await open(user)).status, 200)
  }
  const { status, json } = await ask(await session())
  t.equal(status, 200)
  t.match(json, { id: link.id, screen: 'stockroom', params: { shelfId: 42 }, total: 3 })
  t.equal(json.days.length, 90)
  t.equal(json.users, undefined)
  const times = json.days.map(({ times }: { times: number }) => times)
  t.equal(times.reduce((sum: number, times: number) => sum + times), 3)
  t.match(json.days.at(-1).day, new Date().toISOString().slice(0, 10))

  const { users } = (await ask(await session({ isAdmin: true }))).json
  t.match(users, [{ userId: alpha.users.admin.id, times: 2 }, { userId: alpha.users.employee.id, times: 1 }])
  for (const { firstAt, lastAt } of users) t.ok(start <= firstAt && firstAt <= lastAt && lastAt <= Date.now())
})

await t.test('visits route: answers administrators and who opened the link', async t => {
  const { alpha, open, ask, session } = await serviceFor(t)
  await open(alpha.users.employee)
  const rows: Array<[name: string, session: { userId: number, isAdmin?: boolean }, answer: unknown[]]> = [
    ['who opened it', { userId: alpha.users.employee.id }, [200, 1, { shelfId: 42 }, undefined]],
    ['an administrator', { userId: 9, isAdmin: true }, [200, 1, { shelfId: 42 }, undefined]],
    ['anybody else', { userId: 9 }, [404, undefined, undefined, 'B24_ERR_LINK_UNKNOWN']]
  ]
  for (const [name, viewer, answer] of rows) {
    const { status, json } = await ask(await session(viewer))
    t.strictSame([status, json.total, json.params, json.error], answer, name)
  }
})

await t.test('visits route: tells nothing when the caller may not know', async t => {
  const { link, open, ask, session, sandbox } = await serviceFor(t)
  await open()
  const good = await session()
  const rows: Array<[name: string, session: string, id: string, answer: string]> = [
    ['no session', '', link.id, '401 B24_ERR_PAGE_SESSION'],
    ['no session, nor a link', '', 'x', '401 B24_ERR_PAGE_SESSION'],
    ['another portal', await session({ memberId: sandbox.portals.beta.memberId }), link.id, '404 B24_ERR_LINK_UNKNOWN'],
    ['a link that one has not opened', await session({ userId: 9 }), link.id, '404 B24_ERR_LINK_UNKNOWN'],
    ['a link that nobody opened', good, 'abcdefghijklmno_', '404 B24_ERR_LINK_UNKNOWN'],
    ['too short', good, link.id.slice(1), '400 B24_ERR_CALL_MALFORMED'],
    ['too long', good, `${link.id}x`, '400 B24_ERR_CALL_MALFORMED'],
    ['other characters', good, 'abcdefghijklmno%20', '400 B24_ERR_CALL_MALFORMED']
  ]
  for (const [name, session, id, answer] of rows) t.equal(code(await ask(session, id)), answer, name)
})

await t.test('visits: lose nothing and delay no call when the store is full', async t => {
  const file = join(t.testdir(), 'test.db')
  const { fastify, store, open, ask, session, log } = await serviceFor(t, { env: { DATABASE_URL: `sqlite:${file}` } })
  const database = new SqliteDatabase(file)
  t.after(() => database.close())
  database.exec(
    "create trigger full before insert on visits begin select raise(abort, 'database or disk is full'); end"
  )
  t.equal((await open()).status, 200)
  await fastify.links.visits.flush()
  t.equal((await open()).status, 200)
  await fastify.links.visits.flush()
  const lines = log.filter(line => line.includes('"part":"link-visits"'))
  t.match(lines.map(line => JSON.parse(line)), [{ level: 50, err: { message: 'database or disk is full' } }])
  t.notMatch(lines.join(), 'shelfId')
  t.equal(code(await ask(await session())), '404 B24_ERR_LINK_UNKNOWN')
  database.exec('drop trigger full')
  t.match((await ask(await session())).json, { total: 2 }, 'nothing is lost')

  const viewer = await session()
  database.exec('drop table links')
  t.equal(code(await ask(viewer)), '503 B24_ERR_STORE_UNAVAILABLE')
  await store.close()
  t.equal(code(await ask(viewer)), '503 B24_ERR_STORE_UNAVAILABLE')
})

await t.test('visits: are forgotten when the portal uninstalls', async t => {
  const { alpha, fastify, store, open } = await serviceFor(t)
  const recent = () => fastify.links.visits.recent(alpha.memberId, 10, { userId: 1, isAdmin: true })
  await open()
  t.equal((await recent()).length, 1)
  await open(alpha.users.employee)
  const applicationToken = String((await store.get(alpha.memberId))?.applicationToken)
  alpha.uninstall()
  await fastify.installations.requestUninstall(alpha.memberId, { applicationToken, clean: true })
  await fastify.installations.confirmUninstall(alpha.memberId, { applicationToken, clean: true })
  const changes = store.database.selectFrom('installations').select('change').where('change', 'is not', null)
  await until(async () => (await changes.execute()).length === 0)
  t.strictSame(await recent(), [], 'also what was not written yet')
})

await t.test('visits: count nothing when no days are kept', async t => {
  const { open, ask, session } = await serviceFor(t, { env: { LINK_VISITS_DAYS: '0' } })
  t.equal((await open()).status, 200)
  t.equal(code(await ask(await session())), '404 B24_ERR_LINK_UNKNOWN')
})
