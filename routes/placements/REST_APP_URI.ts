import type { FastifyPluginAsync } from 'fastify'
import { answerHome } from './home/home-page.ts'

/** One line of the table: the path of a value (`filter.status`), and its text. */
interface ParamLine { name: string, value: string }

// A call carries 128 KB, of which one long name above many values would make gigabytes.
const maxLines = 100
const maxName = 200

const shortened = (name: string): string => name.length > maxName ? `${name.slice(0, maxName)}…` : name

/** One line a leaf, in the order they came. */
function * paramLines (value: unknown, path = ''): Generator<ParamLine> {
  if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      yield * paramLines(item, shortened(path === '' ? key : `${path}.${key}`))
    }
    return
  }
  yield { name: path, value: String(value) }
}

/** The first lines, and whether there are more. */
function firstLines (options: unknown): [lines: ParamLine[], hasMore: boolean] {
  const lines: ParamLine[] = []
  for (const line of paramLines(options)) {
    if (lines.length === maxLines) return [lines, true]
    lines.push(line)
  }
  return [lines, false]
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
    const [params, hasMore] = firstLines(options)
    if (params.length === 0) return await answerHome(fastify, request, reply)
    const language = fastify.pages.i18n.resolve(lang).name
    return await reply.page('link', { params, hasMore, code, user, portal, uri, language })
  })
}
export default plugin
