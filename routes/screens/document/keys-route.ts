import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

const KeysSchema = Type.Object({
  keys: Type.Array(Type.Object({
    kty: Type.String(),
    crv: Type.String(),
    x: Type.String(),
    kid: Type.String(),
    alg: Type.String(),
    use: Type.String()
  }))
}, { description: 'A JWK Set (RFC 7517)' })

/** With what a document server checks the header B24-Reader. */
const documentKeys: FastifyPluginAsyncTypebox = async (fastify) => {
  fastify.get('/api/document-keys', {
    schema: { tags: ['documents'], summary: 'Public keys that check the header B24-Reader', response: { 200: KeysSchema } }
    // What is exported of an Ed25519 key is what the schema names.
  }, async () => fastify.documents.readerKeys as { keys: Array<Record<'kty' | 'crv' | 'x' | 'kid' | 'alg' | 'use', string>> })
}
export default documentKeys
