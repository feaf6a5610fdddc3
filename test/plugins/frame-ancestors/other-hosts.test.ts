import t from 'tap'
import frameAncestors, { type FrameAncestorsOptions } from '../../../plugins/frame-ancestors/index.ts'
import type { SandboxUser } from '../../../sandbox/index.ts'
import { build, verifiedCall } from '../../build.ts'
import { memberHash } from '../../../src/log/logger.ts'
import { startService, type Answer, type Service } from '../../service.ts'

const second = 'https://intranet.example.com'
const policyOf = ({ headers }: Answer) => headers.get('content-security-policy') ?? ''
const ancestorsOf = (answer: Answer) => /frame-ancestors (.*)$/.exec(policyOf(answer))?.[1]
const connectOf = (answer: Answer) => /connect-src ([^;]*)/.exec(policyOf(answer))?.[1]

interface Opening { user?: SandboxUser, domain?: string, handler?: string, body?: Record<string, string> }

/** Opens a placement of alpha at another name of the portal, as an administrator unless the test says otherwise. */
function open ({ sandbox, call }: Service, opening: Opening = {}) {
  const { alpha } = sandbox.portals
  const { user = alpha.users.admin, domain = 'intranet.example.com', handler = '/placement', body = {} } = opening
  const placement = handler === '/install' ? 'DEFAULT' : 'REST_APP_URI'
  const posted = alpha.placementCall(placement, { user, handler: sandbox.env.PUBLIC_URL + handler })
  return call(posted, { query: { DOMAIN: domain, PROTOCOL: '1' }, body })
}
/** How often an administrator was asked to open the application at another host. */
const notices = ({ lines, sandbox }: Service) =>
  lines().filter(({ level, member }) => level === 40 && member === memberHash(sandbox.portals.alpha.memberId)).length
const profiles = ({ sandbox }: Service) =>
  sandbox.requests.filter(({ fields }) => JSON.stringify(fields).includes('profile')).length

await t.test('other hosts: an administrator adds one for all users of the portal', async t => {
  const service = await startService(t)
  const { alpha, beta } = service.sandbox.portals
  await service.install()
  const own = `'self' ${alpha.url}`
  const { employee } = alpha.users

  const early = await open(service, { user: employee })
  t.equal(early.status, 200)
  t.equal(ancestorsOf(early), own, 'an employee cannot add a name')
  t.equal(notices(service), 1)
  t.equal(ancestorsOf(await open(service, { user: employee })), own)
  t.equal(notices(service), 1, 'one notice for many calls')

  const both = `${own} ${second}`
  const opened = await open(service)
  t.equal(ancestorsOf(opened), both)
  t.equal(connectOf(opened), both, 'the page may talk to both')
  t.strictSame((await service.store.get(alpha.memberId))?.hosts, [second])
  t.equal(ancestorsOf(await open(service, { user: employee })), both, 'also for the employee who was refused')
  const third = await open(service, { user: employee, domain: 'other.example.com' })
  t.equal(ancestorsOf(third), own, 'each name needs an administrator')
  t.equal(notices(service), 1, 'which is noted once a minute, as the line does not say which')
  const atHome = await service.call(alpha.placementCall('REST_APP_URI', { user: employee }))
  t.equal(ancestorsOf(atHome), own, 'at the own name of the portal nothing changes')
  t.notMatch(service.log.join(''), 'intranet.example.com', 'no line holds posted text')

  await service.install(beta)
  const query = { DOMAIN: 'intranet.example.com', PROTOCOL: '1' }
  const elsewhere = await service.call(beta.placementCall('REST_APP_URI', { user: beta.users.employee }), { query })
  t.equal(ancestorsOf(elsewhere), `'self' ${beta.url}`, 'a host counts for its portal only')

  await service.store.markUninstalled(alpha.memberId, Date.now())
  t.equal((await open(service, { user: employee })).status, 200, 'the portal still has the application')
  t.equal(ancestorsOf(await open(service, { user: employee })), own, 'it ends with the installation')
})

await t.test('other hosts: an install page can be framed where it was opened', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const refused = await open(service, { user: alpha.users.employee, handler: '/install' })
  t.equal(refused.status, 403)
  t.equal(ancestorsOf(refused), `'self' ${alpha.url}`)
  const installed = await open(service, { handler: '/install' })
  t.equal(installed.status, 200)
  t.equal(ancestorsOf(installed), `'self' ${alpha.url} ${second}`)
  t.strictSame((await service.store.get(alpha.memberId))?.hosts, [second])
  t.equal(service.lines().filter(({ event }) => event === 'host.added').length, 1, 'it was added once')
})

await t.test('other hosts: what is remembered may frame the answer at once', async t => {
  const store = { get: async () => undefined, rememberHost: async () => {} }
  const rows = [[{ store, isAdmin: async () => false }, ['https://other.example']], [undefined, []]]
  for (const [otherHosts, more] of rows) {
    const app = await build(t, async app => {
      app.decorateRequest('verifiedCall', null)
      await app.register(frameAncestors, { otherHosts } as FrameAncestorsOptions)
    })
    app.post('/', async request => {
      const call = request.verifiedCall = verifiedCall()
      await app.frameAncestors.allow(request, call)
      await app.frameAncestors.remember(request, call)
      return request.frameAncestors
    })
    const answer = await app.inject({ method: 'POST', url: '/?DOMAIN=other.example' })
    t.strictSame(answer.json(), ['https://portal.example', ...more as string[]])
  }
})

await t.test('other hosts: the posted one may frame an error before the proof', async t => {
  const service = await startService(t)
  await service.install()
  const refused = await open(service, { body: { AUTH_ID: 'made-up' } })
  t.equal(refused.status, 401)
  t.equal(ancestorsOf(refused), `'self' ${second}`)
})

await t.test('other hosts: an outage adds none, and ends no call', async t => {
  let isStoreDown = false
  const unlessDown = <Args extends unknown[], Result>(method: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (isStoreDown) throw new Error('the store is down')
      return await method(...args)
    }
  const service = await startService(t, {
    store: ({ get, rememberHost }) => ({ get: unlessDown(get), rememberHost: unlessDown(rememberHost) })
  })
  const { alpha } = service.sandbox.portals
  await service.install()
  service.sandbox.trouble.rest = 'down'
  const silent = await open(service)
  t.strictSame([silent.status, ancestorsOf(silent)], [200, `'self' ${alpha.url}`])
  service.sandbox.trouble.rest = 'none'

  // A call whose proof is known needs no store.
  const known = alpha.placementCall('REST_APP_URI')
  await service.call(known)
  isStoreDown = true
  const away = await service.call(known, { query: { DOMAIN: 'third.example.com', PROTOCOL: '1' } })
  t.equal(away.status, 200)
  t.equal(ancestorsOf(away), `'self' ${alpha.url} https://third.example.com`, 'the administrator is still one')
  t.match(service.lines().filter(({ level }) => level === 50), [{ err: { message: 'the store is down' } }])
})

await t.test('other hosts: calls at the same time ask once', async t => {
  // The home asks by itself whether to show what administrators see.
  const PLACEMENT = 'CRM_DEAL_DETAIL_TAB'
  const service = await startService(t, { prepare: fastify => { fastify.placement(PLACEMENT, async () => 'a page') } })
  await service.install()
  const { employee } = service.sandbox.portals.alpha.users
  await open(service, { user: employee, domain: 'first.example.com' })
  const before = profiles(service)
  await Promise.all([1, 2, 3].map(() => open(service, { user: employee, body: { PLACEMENT } })))
  t.equal(profiles(service) - before, 1)
})

await t.test('other hosts: nobody is asked without a verified call', async t => {
  const hosts: string[] = []
  const isAdmin = async () => { throw new Error('nobody is asked') }
  const store = {
    get: async () => undefined,
    rememberHost: async (_memberId: string, host: string) => { hosts.push(host) }
  }
  const app = await build(t, async app => {
    app.decorateRequest('verifiedCall', null)
    await app.register(frameAncestors, { otherHosts: { store, isAdmin } })
  })
  app.post<{ Querystring: { DOMAIN: string } }>('/', async request => {
    const call = verifiedCall()
    await app.frameAncestors.remember(request, call)
    await app.frameAncestors.allow(request, call)
    return request.frameAncestors
  })
  for (const domain of ['portal.example', 'other.example', 'a;b']) {
    const answer = await app.inject({ method: 'POST', url: `/?DOMAIN=${domain}` })
    t.strictSame(answer.json(), ['https://portal.example'], domain)
  }
  t.strictSame(hosts, ['https://other.example'], 'only another name that a portal can have')
})
