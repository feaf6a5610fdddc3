import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { personUrl, PortalRefusedError } from 'fastify-bitrix24'
import { textOf } from '../crm/text.ts'

/** The sidebar of a chat: notes on it, which everybody in it can read and write. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('IM_SIDEBAR', {
    schema: { options: Type.Object({ dialogId: Type.String({ minLength: 1, maxLength: 50 }) }) },
    title: fastify.pages.i18n.inAll('notes.tab'),
    bindOptions: { iconName: 'fa-sticky-note-o' }
  }, async (request, reply) => {
    const { options, rest, portal: { memberId, origin }, lang } = request.placement
    // A user can write any dialog into the options: the portal refuses those that they are not in. A private dialog has
    // another dialogId for each of the two, but one id.
    const method = 'im.dialog.get'
    const dialog = await rest.call<{ id: unknown, name?: unknown } | null>(method, { DIALOG_ID: options.dialogId })
    const dialogId = textOf(dialog?.id)
    // Notes that belong to no dialog would be those of all.
    if (dialogId === undefined) throw new PortalRefusedError('unknown', 'The dialog has no id', method)
    const times = new Intl.DateTimeFormat(fastify.pages.i18n.resolve(lang).tag, {
      dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC'
    })
    const notes = await fastify.notes.of(memberId, dialogId)
    return await reply.page('notes', {
      dialog: textOf(dialog?.name) ?? options.dialogId,
      notes: notes.map(({ userId, text, at }) => ({
        userId, url: personUrl(origin, userId), text, at: `${times.format(at)} UTC`
      })),
      grant: await fastify.pageTokens.sealGrant(request, { dialogId })
    })
  })
}
export default plugin
