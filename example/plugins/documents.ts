import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createKeyRing } from 'fastify-bitrix24'
import { createDocuments, type Documents } from '../screens/document/documents.ts'
import { readOrigins } from '../screens/document/origins.ts'

declare module 'fastify' {
  interface FastifyInstance { documents: Documents }
}

/** The way to the document servers, for the screen `document` and its routes. */
async function documents (fastify: FastifyInstance) {
  const { appSecret, clientId, publicUrl } = fastify.config
  const documents = createDocuments({
    origins: readOrigins(process.env['DOCUMENT_ORIGINS'], fastify.config),
    keyRing: createKeyRing(appSecret),
    issuer: publicUrl,
    clientId,
    isInstalled: fastify.installations.isInstalled
  })
  fastify.decorate('documents', documents)
  fastify.addHook('onClose', documents.close)
}

export default fp(documents, { fastify: '5.x', name: 'example-documents' })
