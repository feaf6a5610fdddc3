import type { FastifyPluginAsync } from 'fastify'

/** One line of the table: the path of a value (`filter.status`), its text, and the type it was decoded to. */
interface ParamLine { name: string, value: string, type: string }

/** One line a leaf, in the order they came. */
function paramLines (value: unknown, path = ''): ParamLine[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => paramLines(item, path === '' ? key : `${path}.${key}`))
  }
  const type = value === null ? 'null' : Number.isInteger(value) ? 'integer' : typeof value
  return [{ name: path, value: String(value), type }]
}

/** Opened by a link. Where no feature answers it, as the screens do, the page shows what the link carried. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('REST_APP_URI', {
    title: { en: 'Opened from a link', de: 'Aus einem Link geöffnet' }
  }, async (request, reply) => {
    const { code, options, user, portal, uri, lang } = request.placement
    const language = fastify.pages.i18n.resolve(lang).name
    return await (fastify.placements.features.answer(request, reply) ??
      reply.page('link', { params: paramLines(options), code, user, portal, uri, language }))
  })
}
export default plugin
