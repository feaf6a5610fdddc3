import type { FastifyPluginAsync } from 'fastify'
import { describeParams } from '../../plugins/links/describe-params.ts'

/** Behind a link: the screen that it names. A link that names none, where no screen is the default one, gets a page of what it carried. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('REST_APP_URI', {
    title: { en: 'Opened from a link', de: 'Aus einem Link geöffnet' }
  }, async (request, reply) => {
    const { placement } = request
    const screen = fastify.screenOf(placement.options)
    if (screen !== undefined) return await fastify.openScreen(screen, request, reply)
    return await reply.page('link', {
      params: describeParams(placement.options),
      code: placement.code,
      user: placement.user,
      portal: placement.portal,
      uri: placement.uri,
      language: fastify.i18n.resolve(placement.lang).name
    })
  })
}
export default plugin
