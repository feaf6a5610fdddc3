import { Type, type Static } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { frameQuery, type VerifiedCall } from 'fastify-bitrix24'
import { byteSize, kindOf } from './presentation.ts'

const params = Type.Object({
  docId: Type.String({
    title: 'Document',
    description: 'Its number or path on your document server, or its whole address there',
    minLength: 1,
    maxLength: 400
  })
})

declare module 'fastify' {
  interface ScreenParams { document: Static<typeof params> }
}

/** Larger pictures and texts are offered for download only; PDF readers load what they show. */
const previewBytes = 20_000_000

/** Shows a file or page of a listed server, with a preview and a download. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.screen('document', {
    schema: { params },
    // The document server may have paths that not everybody should reach, so only those who may write links choose one.
    signed: true,
    title: { en: 'Document', de: 'Dokument' },
    description: {
      en: 'Shows a file or page of your own server', de: 'Zeigt eine Datei oder Seite Ihres eigenen Servers'
    }
  }, async (request, reply) => {
    const { screen: { params: { docId } }, placement: { portal: { memberId, domain }, user, lang } } = request
    const { installedAt } = request.verifiedCall as VerifiedCall // only verified calls open a screen
    const reader = { memberId, userId: user.id, domain }
    const url = fastify.documents.addressOf(docId)
    const { name, type, size } = await fastify.documents.describe(url, reader)
    const kind = kindOf(type)
    const framed = frameQuery(String(request.frameAncestors?.at(-1)), lang)
    const pass = await fastify.documents.seal({ url, ...reader, installedAt })
    const address = `/api/documents/${pass}?${framed}`
    if (kind === 'page') request.frameSources = fastify.documents.origins
    return await reply.page('document', {
      name,
      type,
      kind,
      url,
      address,
      size: size === null ? undefined : byteSize(size, fastify.pages.i18n.resolve(lang).tag),
      isShown: kind === 'page' || kind === 'pdf' || (kind !== 'file' && (size ?? 0) <= previewBytes)
    }, { title: name })
  })
}
export default plugin
