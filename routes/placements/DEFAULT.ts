import type { FastifyPluginAsync } from 'fastify'
import { reasonText } from '../../src/install/reasons.ts'
import { matchesPattern } from '../../src/placement-registry.ts'
import { sliderLink } from '../../src/links.ts'

/** The application's own page: what is bound where, and a link to copy. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('DEFAULT', {}, async (request, reply) => {
    const { authToken, placement } = request
    // A page of ours may open a screen, too: openApplication({ screen: 'document', docId: 42 }).
    const screen = 'screen' in placement.options ? fastify.screenOf(placement.options) : undefined
    if (screen !== undefined) return await fastify.openScreen(screen, request, reply)
    const { t, tag } = fastify.i18n.resolve(placement.lang)
    const report = (await fastify.installations.find(placement.portal.memberId))?.bindings
    const path = sliderLink(fastify.appCode, { test: 'y' })

    const placements = fastify.placements().filter(({ code }) => code !== 'DEFAULT').map(({ code, title = '', bind }) => {
      // A family is bound under the codes of its members.
      const isMember = (other: string) => matchesPattern(code, other)
      const leftOut = report?.leftOut.find(out => isMember(out.code))
      const state = leftOut !== undefined ? 'left-out' : bind === false ? 'not-bindable' : report?.bound.some(isMember) ? 'bound' : 'not-installed'
      return {
        code,
        title: typeof title === 'string' ? title : title[placement.lang] ?? title['en'] ?? '',
        state,
        reason: leftOut && reasonText(t, leftOut.reason)
      }
    })
    return reply.page('home', {
      placements,
      boundAt: report && `${new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(report.at)} UTC`,
      path,
      link: new URL(path, authToken?.origin).href
    })
  })
}
export default plugin
