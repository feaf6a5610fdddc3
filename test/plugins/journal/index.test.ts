import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { SandboxUser } from '../../../sandbox/portal.ts'
import { sessionIn, startService, type ServiceOptions } from '../../service.ts'
import { until } from '../../until.ts'

interface Page { entries: Array<Record<string, unknown>>, next?: string }

const denied = { code: 'ACCESS_DENIED', status: 403 }

async function serviceFor (t: Test, options: ServiceOptions = {}) {
  const service = await startService(t, {
    methods: {
      'crm.deal.add': () => { throw Object.assign(new Error('Access denied!'), denied) },
      'crm.deal.list': () => []
    },
    ...options,
    prepare: fastify => {
      fastify.placement('CRM_DEAL_DETAIL_TAB', async ({ id, placement: { rest } }) => {
        await rest.call('crm.deal.list', { filter: { TITLE: 'private' } })
        return { id }
      })
      fastify.placement('CRM_LEAD_DETAIL_TAB', async ({ id, placement: { portal } }) => {
        const { rest } = fastify.portal(portal.memberId)
        await rest.call('crm.deal.add', { fields: { TITLE: 'private' } }).catch(() => {})
        return { id }
      })
    }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  const open = async (code: string, user: SandboxUser = alpha.users.admin) =>
    await service.call(alpha.placementCall(code, { user, handler: `${service.url}/placement` }))
  return {
    ...service,
    alpha,
    open,
    ask: async (session: string, search = '') => {
      const headers = { authorization: `Bearer ${session}` }
      const answer = await fetch(`${service.url}/api/journal${search}`, { headers })
      return { status: answer.status, json: await answer.json() as Page & { error?: string } }
    }
  }
}

await t.test('journal: keeps calls and events with the request that made them', async t => {
  const { alpha, open, ask, sandbox: { trouble } } = await serviceFor(t)
  const tab = JSON.parse((await open('CRM_DEAL_DETAIL_TAB', alpha.users.employee)).text)
  const lead = JSON.parse((await open('CRM_LEAD_DETAIL_TAB')).text)
  const session = sessionIn(await open('DEFAULT'))
  const entriesOf = async (search: string) => (await ask(session, search)).json.entries

  t.match(await entriesOf(`?requestId=${tab.id}`), [{
    kind: 'rest',
    method: 'crm.deal.list',
    methods: [],
    params: 'filter, filter.TITLE',
    userId: alpha.users.employee.id,
    requestId: tab.id,
    status: 200,
    code: '',
    sent: Number,
    received: Number,
    ms: Number,
    at: Number
  }])
  t.match(await entriesOf('?method=crm.deal.add'), [{
    params: 'fields, fields.TITLE', userId: alpha.systemUser.id, requestId: lead.id, status: 403, code: 'ACCESS_DENIED'
  }])
  t.match(await entriesOf('?method=ONAPPINSTALL'), [{
    kind: 'event', params: /event.*auth\[member_id\]/, status: 200, code: '', sent: 0, received: Number
  }])
  t.match(await entriesOf('?method=ONAPPUSERREADY'), [{
    kind: 'event', userId: alpha.users.admin.id, params: /data\[refresh_token\]/, status: 200
  }])
  const [batch] = await entriesOf('?method=placement.bind')
  t.match(batch, { method: 'batch', params: /placement\.bind\(/, methods: [/.+/] })
  t.ok(Number((await entriesOf('')).length) > 4)
  t.strictSame(await entriesOf(`?until=${Date.now() - 60_000}`), [])
  t.strictSame(await entriesOf(`?from=${Date.now() + 60_000}`), [])

  trouble.rest = 'down'
  await open('CRM_LEAD_DETAIL_TAB')
  trouble.rest = 'none'
  t.match(await entriesOf('?method=crm.deal.add'), [{ status: 0, code: 'unavailable' }, {}])
})

await t.test('journal: keeps nothing of another application in the same process', async t => {
  const services = [await serviceFor(t), await serviceFor(t)]
  for (const { alpha, ask, open, store } of services) {
    await open('CRM_DEAL_DETAIL_TAB')
    for (const method of ['crm.deal.list', 'ONAPPINSTALL']) {
      t.equal((await ask(sessionIn(await open('DEFAULT')), `?method=${method}`)).json.entries.length, 1)
    }
    const rows = await store.database.selectFrom('journal' as 'installations').select('member_id').distinct().execute()
    t.strictSame(rows, [{ member_id: alpha.memberId }])
  }
})

await t.test('journal: is shown page by page to administrators of the portal only', async t => {
  const { alpha, fastify, install, open, ask, sandbox: { portals: { beta } } } = await serviceFor(t)
  await install(beta)
  for (let times = 0; times < 41; times++) await fastify.portal(alpha.memberId).rest.call('profile')
  const home = await open('DEFAULT')
  t.match(home.text, 'Journal of REST calls')
  const all: unknown[] = []
  for (let search = '?method=profile'; search !== '';) {
    const { status, json: { entries, next } } = await ask(sessionIn(home), search)
    t.equal(status, 200)
    t.ok(entries.length <= 20)
    all.push(...entries.filter(({ method }) => method === 'profile'))
    search = next === undefined ? '' : `?method=profile&after=${next}`
  }
  t.equal(all.length, 41)
  t.equal((await ask(sessionIn(home), '?after=1')).status, 400)

  const employees = await open('DEFAULT', alpha.users.employee)
  t.notMatch(employees.text, 'Journal of REST calls')
  t.match(await ask(sessionIn(employees)), { status: 403, json: { error: 'B24_ERR_ADMIN_ONLY' } })
  t.match(await ask('nonsense'), { status: 401 })
  const session = await fastify.pageTokens.createSession({
    memberId: beta.memberId, userId: 1, domain: beta.domain, placement: 'DEFAULT', lang: 'en', isAdmin: true
  }, Date.now() + 60_000)
  const others = (await ask(session, '?method=profile')).json.entries
  t.notOk(others.some(({ method }) => method === 'profile'), 'only what its own install page has asked for')
})

await t.test('journal: cannot be filled by who knows the application token', async t => {
  const { alpha, post, fastify, open, ask } = await serviceFor(t)
  for (let time = 0; time < 5; time++) {
    t.equal((await post('/events', alpha.event('ONAPPUNINSTALL', { [`field ${time}`]: '' }).body)).status, 200)
  }
  await until(() => fastify.lifecycleEvents.pending() === 0)
  const { json } = await ask(sessionIn(await open('DEFAULT')), '?method=ONAPPUNINSTALL')
  t.equal(json.entries.length, 1, 'one entry a minute')
})

await t.test('journal: refuses a search that no database takes', async t => {
  const { open, ask } = await serviceFor(t)
  const session = sessionIn(await open('DEFAULT'))
  const times = ['from=1e300', 'from=1e400', 'until=1e400', 'until=-1']
  for (const search of ['method=%00', 'requestId=a%00', ...times, 'after=x']) {
    t.equal((await ask(session, `?${search}`)).status, 400, search)
  }
})

await t.test('journal: lets a call pass when its store fails', async t => {
  const { open, ask, store, lines } = await serviceFor(t)
  const session = sessionIn(await open('DEFAULT'))
  await store.database.schema.dropTable('journal').execute()
  t.equal((await open('CRM_DEAL_DETAIL_TAB')).status, 200)
  await until(() => lines().some(({ msg }) => String(msg).includes('entries of the journal cannot be written')))
  t.match(await ask(session), { status: 503, json: { error: 'B24_ERR_STORE_UNAVAILABLE' } })
  t.notMatch(JSON.stringify(lines()), 'private')
})

await t.test('journal: forgets a portal that uninstalls the application', async t => {
  const { alpha, fastify, post, store } = await serviceFor(t)
  const rows = async () => (await store.database.selectFrom('journal' as 'installations').selectAll().execute()).length
  await until(rows)
  const { body } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  t.equal((await post('/events', body)).status, 200)
  await until(() => fastify.lifecycleEvents.pending() === 0)
  await until(async () => await rows() === 0)
})

await t.test('journal: leaves no trace when JOURNAL_DAYS is 0', async t => {
  const { open, ask, store } = await serviceFor(t, { env: { JOURNAL_DAYS: '0' } })
  const home = await open('DEFAULT')
  t.notMatch(home.text, 'Journal of REST calls')
  t.equal((await ask(sessionIn(home))).status, 404)
  const tables = (await store.database.introspection.getTables()).map(({ name }) => name)
  t.strictSame(tables.filter(name => name.startsWith('journal')), [])
})

await t.test('journal: deletes what was kept when it is turned off', async t => {
  const file = join(t.testdir(), 'test.db')
  const DATABASE_URL = `sqlite:${file}`
  const { fastify, store } = await serviceFor(t, { env: { DATABASE_URL } })
  const rowsIn = async ({ database }: typeof store) =>
    (await database.selectFrom('journal' as 'installations').selectAll().execute()).length
  await until(() => rowsIn(store))
  await fastify.close()
  const off = await startService(t, { env: { DATABASE_URL, JOURNAL_DAYS: '0' } })
  await until(async () => await rowsIn(off.store) === 0)
  await off.install()
  await off.fastify.close()
  const database = new Database(file, { readonly: true })
  t.after(() => database.close())
  t.strictSame(database.prepare('select count(*) as rows from journal').get(), { rows: 0 })
})
