import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import documentRoutes from './document-routes.ts'
import { createDocuments, type Documents } from './documents.ts'

declare module 'fastify' {
  interface FastifyInstance { documents: Documents }
}

/** What the screen `document` needs: the way to document servers, routes for its page, and texts. */
async function document (fastify: FastifyInstance) {
  const { appSecret, clientId, documentOrigins, publicUrl } = fastify.config
  const keyRing = createKeyRing(appSecret)
  const documents = createDocuments({
    origins: documentOrigins,
    keys: keyRing.keys('documents'),
    readerKeys: keyRing.derive('document-readers'),
    issuer: publicUrl,
    clientId,
    isInstalled: fastify.installations.isInstalled
  })
  fastify.decorate('documents', documents)
  fastify.addHook('onClose', documents.close)
  fastify.addPageFolder(import.meta.dirname)
  await fastify.register(documentRoutes)
}

export default fp(document, {
  fastify: '5.x', name: 'screen-document', decorators: { fastify: ['config', 'installations', 'addPageFolder'] }
})
