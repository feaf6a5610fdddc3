import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import t from 'tap'
import { startService } from '../service.ts'
import { root } from '../app/process.ts'
import { read } from '../docs/pages.ts'
import { pack, runIn } from './packed.ts'

/** What a compiler says of a project: the one of today, or the native one, which takes a fraction of the time. */
const run = async (compiler: 'tsc' | 'tsgo', ...args: string[]): Promise<string> =>
  await promisify(execFile)(join(root, 'node_modules/.bin', compiler), args, { cwd: root })
    .then(({ stdout }) => stdout, error => String(error.stdout))

const language = { target: 'ES2024', lib: ['ES2024'], module: 'NodeNext', types: ['node'] }
const settings = { ...language, strict: true, noEmit: true, skipLibCheck: false }
const tsconfig = (file: string) => JSON.stringify({ compilerOptions: settings, files: [file] })

// Who registers nothing but the core has no REST to give to handlers.
const core = `
import Fastify from 'fastify'
import { PlacementBodySchema, type PlacementBody } from 'fastify-bitrix24'
import authToken, { unverifiedCall } from 'fastify-bitrix24/plugins/auth-token'
import placementDispatch from 'fastify-bitrix24/plugins/placement-dispatch'
import placementOptions from 'fastify-bitrix24/plugins/placement-options'

const fastify = Fastify()
await fastify.register(authToken, { clientId: 'local.app', clientSecret: 'secret' })
await fastify.register(placementOptions)
await fastify.register(placementDispatch)
fastify.placement('LEFT_MENU', async ({ placement }) => ({ user: placement.user.id }))
const schema = { body: PlacementBodySchema }
fastify.post<{ Body: PlacementBody }>('/widget', { schema }, async (request, reply) => {
  const { body } = request
  const { memberId, domain, origin, clientEndpoint: endpoint, scope, status, userId } =
    await fastify.authToken.verify(unverifiedCall(request))
  const { options, uri } = fastify.decodePlacementOptions(body.PLACEMENT_OPTIONS, origin)
  const portal = { memberId, domain, origin, endpoint, scope, status }
  const context = { code: body.PLACEMENT, options, uri, portal, user: { id: userId }, lang: 'en' }
  return await fastify.placements.dispatch(context, request, reply)
})
`
const without = `
import Fastify from 'fastify'
import placementDispatch from 'fastify-bitrix24/plugins/placement-dispatch'

const fastify = Fastify()
await fastify.register(placementDispatch)
// @ts-expect-error: nothing has brought REST
fastify.placement('LEFT_MENU', async ({ placement }) => placement.rest)
`

// Its types name those of the plugins that it depends on.
const alone = `
import installation from 'fastify-bitrix24/plugins/installation'
console.log(installation)
`

/** Uses each of these decorators, and what requests and replies have. */
const whole = (names: readonly string[]) => `
import type { FastifyPluginAsync } from 'fastify'
import 'fastify-bitrix24'
import { Type } from '@sinclair/typebox'

const plugin: FastifyPluginAsync = async (fastify) => {
  console.log(${names.map(name => `fastify.${name}`).join(', ')})
  fastify.placement('CRM_DEAL_DETAIL_TAB', async (request, reply) => {
    const deals: Array<{ ID: string }> = await request.placement.rest.list<{ ID: string }>('crm.deal.list')
    for await (const { rows, total } of request.placement.rest.pages('crm.deal.list')) console.log(rows, total)
    const grant: string = await fastify.pageTokens.sealGrant(request, { deal: 8061 })
    return await reply.page('deal', { deals, grant })
  })
  fastify.placement('LEFT_MENU', async (request, reply) => await reply.app<{ deal: number }>('deal', { deal: 1 }))
  fastify.post<{ Body: { grant: string } }>('/api/comments', async (request) => {
    const { rest, user, portal } = await fastify.verifyPageUser(request)
    const schema = Type.Object({ deal: Type.Integer() })
    const { deal } = await fastify.pageTokens.openGrant(request, request.body.grant, schema)
    const id: number = deal + user.id
    const { verifiedCall, pageSession, isPortalAdmin, frameAncestors, screen } = request
    console.log(verifiedCall, pageSession, isPortalAdmin, frameAncestors, screen)
    return await rest.call('crm.deal.get', { id, domain: portal.domain })
  })
}
export default plugin
`
const tests = `
import { sandbox, type Portal } from 'fastify-bitrix24/sandbox'

const { portals, close } = await sandbox()
const portal: Portal = portals.alpha
console.log(portal.url)
await close()
`

await t.test('package: its types are whole for a consumer', async t => {
  const { fastify } = await startService(t)
  const bare = Object.keys(Fastify())
  const names = Object.keys(fastify).filter(name => !bare.includes(name))
  t.ok(names.includes('verifyPageUser'))

  const sources = Object.entries({ whole: whole(names), core, without, alone, tests })
  const folder = t.testdir({
    'package.json': JSON.stringify({ name: 'consumer', type: 'module' }),
    ...Object.fromEntries(sources.flatMap(([name, source]) =>
      [[`${name}.ts`, source], [`${name}.json`, tsconfig(`${name}.ts`)]]))
  })
  const home = join(folder, 'node_modules/fastify-bitrix24')
  mkdirSync(home, { recursive: true })
  const { tarball } = await pack()
  await runIn(home, 'tar', '--extract', '--strip-components=1', `--file=${tarball}`)
  for (const name of ['core', 'without', 'alone']) {
    t.equal(await run('tsgo', '-p', join(folder, `${name}.json`)), '', name)
  }
  const filesOf = async (compiler: 'tsc' | 'tsgo', name: string) => {
    const lines = (await run(compiler, '-p', join(folder, `${name}.json`), '--listFiles')).trim().split('\n')
    t.strictSame(lines.filter(line => line.includes('error TS')), [], name)
    return lines
  }
  const files = [...await filesOf('tsc', 'whole'), ...await filesOf('tsgo', 'tests')]

  // What the types of the package lead to has to be installed with it.
  const { dependencies } = JSON.parse(read('package.json'))
  const typed = files.flatMap(file => /^.*node_modules\/(@types\/[^/]+)/.exec(file)?.[1] ?? [])
  t.strictSame([...new Set(typed)].filter(name => !(name in dependencies)), ['@types/node'], 'their own types')
})
