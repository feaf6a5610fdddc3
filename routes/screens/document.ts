import { Type, type Static } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { byteSize } from '../../src/documents/byte-size.ts'
import { kindOf } from '../../src/documents/presentation.ts'
import { frameQuery } from '../../src/frame.ts'

const params = Type.Object({
  url: Type.String({ title: 'Address', description: 'Of a file or page on one of the servers in DOCUMENT_ORIGINS', format: 'uri', maxLength: 1500 })
})

declare module 'fastify' {
  interface ScreenParams { document: Static<typeof params> }
}

/** Larger pictures and texts are only offered to be saved; PDF readers read what they show. */
const previewBytes = 20_000_000

/** A file or page of a listed server: what it is, a preview, and the way to save it. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.screen('document', {
    params,
    title: { en: 'Document', de: 'Dokument' },
    description: { en: 'Shows a file or page of your own server', de: 'Zeigt eine Datei oder Seite Ihres eigenen Servers' }
  }, async (request, reply) => {
    const { screen: { params: { url } }, placement: { portal: { memberId, endpoint }, user, lang } } = request
    const { name, type, size } = await fastify.documents.describe(url)
    const kind = kindOf(type)
    const address = `/api/documents/${await fastify.documents.seal({ url, memberId, userId: user.id })}?${frameQuery(new URL(endpoint).origin, lang)}`
    if (kind === 'page') request.framedOrigins = [new URL(url).origin]
    return await reply.page('document', {
      name,
      type,
      kind,
      url,
      address,
      size: size === null ? undefined : byteSize(size, fastify.i18n.resolve(lang).tag),
      isShown: kind === 'page' || kind === 'pdf' || (kind !== 'file' && (size ?? 0) <= previewBytes)
    }, { title: name })
  })
}
export default plugin
