import Fastify from 'fastify'
import t from 'tap'
import authToken from '../../../plugins/auth-token/index.ts'
import frameAncestors from '../../../plugins/frame-ancestors/index.ts'
import portalHosts from '../../../plugins/portal-hosts/index.ts'
import portalRest from '../../../plugins/portal-rest/index.ts'
import tokens from '../../../plugins/tokens/index.ts'
import type { SandboxUser } from '../../../sandbox/index.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { startService, type Answer, type Service } from '../../service.ts'

const second = 'https://intranet.example.com'
const ancestorsOf = ({ headers }: Answer) => /frame-ancestors (.*)$/.exec(headers.get('content-security-policy') ?? '')?.[1]
const connectOf = ({ headers }: Answer) => /connect-src ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1]

/** Opens a placement of alpha at another name of the portal, as an administrator unless the test says otherwise. */
function open ({ sandbox, call }: Service, options: { user?: SandboxUser, domain?: string, handler?: string, body?: Record<string, string> } = {}) {
  const { user = sandbox.portals.alpha.users.admin, domain = 'intranet.example.com', handler = '/placement', body = {} } = options
  const placement = handler === '/install' ? 'DEFAULT' : 'REST_APP_URI'
  return call(sandbox.portals.alpha.placementCall(placement, { user, handler: sandbox.env.PUBLIC_URL + handler }), { query: { DOMAIN: domain, PROTOCOL: '1' }, body })
}
const refusals = ({ log }: Service) => log.filter(line => line.includes('an administrator has to open the application there once')).length
const profiles = ({ sandbox }: Service) => sandbox.requests.filter(({ fields }) => JSON.stringify(fields).includes('profile')).length

await t.test('an administrator who opens a portal by a second name makes it one of its hosts, for all its users', async t => {
  const service = await startService(t)
  const { alpha, beta } = service.sandbox.portals
  await service.install()
  const own = `'self' ${alpha.url}`
  const { employee } = alpha.users

  const early = await open(service, { user: employee })
  t.equal(early.status, 200)
  t.equal(ancestorsOf(early), own, 'an employee proves nothing of a name')
  t.equal(refusals(service), 1)
  t.equal(ancestorsOf(await open(service, { user: employee })), own)
  t.equal(refusals(service), 1, 'who has been asked about is not asked about with every call')

  const both = `${own} ${second}`
  const opened = await open(service)
  t.equal(ancestorsOf(opened), both)
  t.equal(connectOf(opened), both, 'the page may talk to both')
  t.strictSame((await service.store.get(alpha.memberId))?.hosts, [second])
  t.equal(ancestorsOf(await open(service, { user: employee })), both, 'from now on also for the employee who was refused')
  t.equal(ancestorsOf(await open(service, { user: employee, domain: 'other.example.com' })), own, 'each name for itself')
  t.equal(refusals(service), 2)
  t.equal(ancestorsOf(await service.call(alpha.placementCall('REST_APP_URI', { user: employee }))), own, 'nothing changes where the portal has its own name')
  t.notMatch(service.log.join(''), 'intranet.example.com', 'posted text stands in no line')

  await service.install(beta)
  const elsewhere = await service.call(beta.placementCall('REST_APP_URI', { user: beta.users.employee }), { query: { DOMAIN: 'intranet.example.com', PROTOCOL: '1' } })
  t.equal(ancestorsOf(elsewhere), `'self' ${beta.url}`, 'a host of one portal is none of another')

  await service.store.markUninstalled(alpha.memberId, Date.now())
  t.equal((await open(service, { user: employee })).status, 200, 'the portal still has the application')
  t.equal(ancestorsOf(await open(service, { user: employee })), own, 'it ends with the installation')
})

await t.test('the page of an installation can be framed at the name at which it was opened, and the name is kept', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const refused = await open(service, { user: alpha.users.employee, handler: '/install' })
  t.equal(refused.status, 403)
  t.equal(ancestorsOf(refused), `'self' ${alpha.url}`)
  const installed = await open(service, { handler: '/install' })
  t.equal(installed.status, 200)
  t.equal(ancestorsOf(installed), `'self' ${alpha.url} ${second}`)
  t.strictSame((await service.store.get(alpha.memberId))?.hosts, [second])
})

await t.test('before anything is proven a refusal is framed by the address that the call names', async t => {
  const service = await startService(t)
  await service.install()
  const refused = await open(service, { body: { AUTH_ID: 'made-up' } })
  t.equal(refused.status, 401)
  t.equal(ancestorsOf(refused), `'self' ${second}`)
})

await t.test('a portal or a store that does not answer vouches for nothing, and refuses nobody', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  service.sandbox.trouble.rest = 'down'
  const silent = await open(service)
  t.strictSame([silent.status, ancestorsOf(silent)], [200, `'self' ${alpha.url}`])
  service.sandbox.trouble.rest = 'none'

  // A call whose proof is known needs no store.
  const known = alpha.placementCall('REST_APP_URI')
  await service.call(known)
  const broken = async () => { throw new Error('the store is away') }
  service.store.get = broken
  service.store.rememberHost = broken
  const away = await service.call(known, { query: { DOMAIN: 'third.example.com', PROTOCOL: '1' } })
  t.strictSame([away.status, ancestorsOf(away)], [200, `'self' ${alpha.url} https://third.example.com`], 'the administrator is still one')
  t.ok(service.log.some(line => line.includes('a second host of a portal could not be remembered')))
})

await t.test('calls at the same time ask once', async t => {
  const service = await startService(t)
  await service.install()
  const { employee } = service.sandbox.portals.alpha.users
  await open(service, { user: employee, domain: 'first.example.com' })
  const before = profiles(service)
  await Promise.all([1, 2, 3].map(() => open(service, { user: employee })))
  t.equal(profiles(service) - before, 1)
})

await t.test('it needs the plugins that it asks', async t => {
  const app = Fastify()
  t.after(() => app.close())
  const store = await openStore({ url: 'sqlite::memory:', keyRing: createKeyRing(Buffer.alloc(32, 1).toString('base64')) })
  t.after(() => store.close())
  await app.register(authToken, { clientId: 'a', clientSecret: 'b' })
  await app.register(tokens, { store, clientId: 'a', servers: [], checksClient: false })
  await app.register(portalRest, { store: { recordPortal: async () => null } })
  await app.register(frameAncestors)
  const hosts: string[] = []
  await app.register(portalHosts, { store: { get: async () => undefined, rememberHost: async (_, host) => { hosts.push(host) } } })
  app.post<{ Querystring: { DOMAIN: string } }>('/', async request => {
    const caller = { memberId: 'm', userId: 1, origin: 'https://portal.example' }
    await app.portalHosts.remember(request, caller)
    await app.portalHosts.allow(request, caller)
    return [request.frameAncestor, request.otherFrameAncestor]
  })
  const rows = [['portal.example', null], ['other.example', null], ['a;b', null]] as const
  for (const [domain, other] of rows) t.strictSame((await app.inject({ method: 'POST', url: `/?DOMAIN=${domain}` })).json(), ['https://portal.example', other])
  t.strictSame(hosts, ['https://other.example'], 'only another name that a portal can have')
})
