import type { FastifyPluginAsync } from 'fastify'
import { answerHome } from './home/home-page.ts'

/** One line of the table: the path of a value (`filter.status`), and its text. */
interface ParamLine { name: string, value: string }

/** One line a leaf, in the order they came. */
function paramLines (value: unknown, path = ''): ParamLine[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => paramLines(item, path === '' ? key : `${path}.${key}`))
  }
  return [{ name: path, value: String(value) }]
}

/**
 * Opened by a link. Where no feature answers it, as the screens do, the page shows what the link carried; a link that
 * carries nothing opens the home.
 */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('REST_APP_URI', {
    title: fastify.pages.i18n.inAll('link.title')
  }, async (request, reply) => {
    const answer = fastify.placements.features.answer(request, reply)
    if (answer !== undefined) return await answer
    const { code, options, user, portal, uri, lang } = request.placement
    const params = paramLines(options)
    if (params.length === 0) return await answerHome(fastify, request, reply)
    const language = fastify.pages.i18n.resolve(lang).name
    return await reply.page('link', { params, code, user, portal, uri, language })
  })
}
export default plugin
