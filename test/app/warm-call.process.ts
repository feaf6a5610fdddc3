// Prints the files of src, plugins and routes that the fourth call of a simple tab passes.
import { Session } from 'node:inspector/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { startService } from '../service.ts'

const root = join(import.meta.dirname, '../..')

await t.test('a call', async t => {
  const application = t.testdir({ views: { 'deal.eta': '<p>Deal <%= it.dealId %></p>' } })
  const { call, url, install, sandbox: { portals: { alpha } } } = await startService(t, {
    app: { application },
    // It writes what it knows of the installation at a time of its own.
    env: { JOURNAL_DAYS: '0' },
    prepare: fastify => {
      fastify.placement('CRM_DEAL_DETAIL_TAB', { schema: { options: Type.Object({ ID: Type.Integer() }) } },
        async (request, reply) => await reply.page('deal', { dealId: request.placement.options.ID }))
    }
  })
  await install()
  const opened = alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID: '8061' }, handler: `${url}/placement` })
  for (let times = 0; times < 3; times++) await call(opened)
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await session.post('Profiler.takePreciseCoverage')
  t.match((await call(opened)).text, 'Deal 8061')
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const passed = result.filter(({ url, functions }) =>
    url.startsWith('file:') && functions.some(({ ranges: [range] }) => range !== undefined && range.count > 0))
  const files = passed.map(({ url }) => relative(root, fileURLToPath(url)))
  console.log(`passed: ${files.filter(file => /^(src|plugins|routes)\//.test(file)).sort().join(' ')}`)
})
