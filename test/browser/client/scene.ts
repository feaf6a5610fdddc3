import { join } from 'node:path'
import type { Test } from 'tap'
import { bundle } from '../../client/bundle.ts'
import { movableClock } from '../../clock.ts'
import { build } from '../../plugins/frontend/project.ts'
import { startService } from '../../service.ts'

const handler = `
export default async fastify => {
  fastify.placement('CRM_DEAL_DETAIL_TAB', { title: 'Supplies' }, async (request, reply) =>
    await reply.app('deal', { deal: request.placement.options }))
}
`
const route = `
export default async fastify => {
  fastify.post('/whoami', async request => (await fastify.verifyPageUser(request)).user)
}
`
// Nothing of the package is built for tests.
const config = `
export default { resolve: { conditions: ['fastify-bitrix24-source', 'module', 'browser', 'production'] } }
`

/** A deal tab of an application that is built, in front of a service and a portal whose clock can be moved. */
export async function openTab (t: Test, script: string) {
  const root = t.testdir({
    'package.json': '{ "type": "module" }',
    'vite.config.js': config,
    node_modules: { 'fastify-bitrix24': t.fixture('symlink', join(import.meta.dirname, '../../..')) },
    application: {
      frontend: { 'deal.ts': script },
      placements: { 'CRM_DEAL_DETAIL_TAB.js': handler },
      routes: { api: { 'whoami.js': route } }
    }
  })
  await build({ root })
  const clock = movableClock(t)
  const service = await startService(t, {
    env: { B24_APPLICATION_TOKEN: 'required', NODE_ENV: 'production' },
    app: { application: join(root, 'application') }
  })
  await service.install()
  const { rest } = service.fastify.portal(service.sandbox.portals.alpha.memberId)
  const id = await rest.call<number>('crm.deal.add', { fields: { TITLE: 'Supplies' } })
  const answers = (path: string) =>
    service.lines().filter(({ msg, route }) => msg === 'call' && route === path).map(({ status }) => status)
  return { service, clock, id, address: `${service.sandbox.url}/crm/deal/details/${id}/?lang=de`, answers }
}

/** The files of a page that is opened alone, by their paths. */
export async function filesOfPage (t: Test, script: string): Promise<Map<string, string>> {
  const html = '<!doctype html><html><h1>Loading</h1><script type="module" src="/main.js"></script></html>'
  return new Map([['', html], ...await bundle(t, script)])
}
