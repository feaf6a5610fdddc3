import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { startCollector, treesOf, type ExportedSpan } from '../../collector.ts'
import { startService } from '../../service.ts'

/**
 * A service that sends its spans to a collector, beside a portal on which it is installed. It has a tab that asks the
 * portal by the method in its options, and one whose handler throws.
 */
export async function startTraced (
  t: Test, more: Record<string, string> = {}, prepare: (fastify: FastifyInstance) => void = () => {}
) {
  const collector = await startCollector(t, more)
  const service = await startService(t, {
    env: collector.env,
    prepare: fastify => {
      fastify.placement('CRM_DEAL_DETAIL_TAB', {}, async ({ placement: { rest, options } }) =>
        ({ answer: await rest.call(String(options['method'])) }))
      fastify.placement('LEFT_MENU', {}, async () => { throw new Error('a careless handler') })
      prepare(fastify)
    }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  return {
    ...service,
    collector,
    /** Posts a call of a user, whose token is new */
    open: (code: string, method = 'profile', body: Record<string, string> = {}, headers = {}) => {
      const { url, body: form } = alpha.placementCall(code, {
        params: { method }, handler: `${service.url}/placement`
      })
      return service.post(url, { ...form, ...body }, headers)
    },
    /** Closes the service, and reads all spans that it has made of calls */
    async spans (): Promise<ExportedSpan[]> {
      await service.fastify.close()
      const all = collector.spans()
      const calls = new Set(all.filter(({ name }) => name === 'POST /placement').map(({ traceId }) => traceId))
      return all.filter(({ traceId }) => calls.has(traceId))
    }
  }
}

/** The spans of each trace, and the trees that they make. */
export const tracesOf = (spans: ExportedSpan[]): Array<{ spans: ExportedSpan[], tree: string[] }> =>
  [...Map.groupBy(spans, ({ traceId }) => traceId).values()]
    .map(spans => ({ spans, tree: treesOf(spans).join('\n').split('\n') }))
