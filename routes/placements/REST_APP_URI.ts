import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { describeParams } from '../../src/describe-params.ts'

/** The widget behind a link: shows what the link carried, who opened it and where. Start your own from here. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('REST_APP_URI', {
    // A link may carry anything. Name your parameters here, and the handler gets them with the types you name.
    schema: { options: Type.Object({}) },
    title: { en: 'Opened from a link', de: 'Aus einem Link geöffnet' }
  }, async ({ placement }, reply) => reply.page('link', {
    params: describeParams(placement.options),
    code: placement.code,
    user: placement.user,
    portal: placement.portal,
    uri: placement.uri,
    language: fastify.i18n.resolve(placement.lang).name
  }))
}
export default plugin
