import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import { contentOf, sendFile } from '../file-answer.ts'

/** The public link of a file or folder, which stays the same. */
export function publicLink (portal: Portal, { id, ...entry }: Entry): string {
  const LINK = createHash('md5').update(`${portal.memberId}|${id}`).digest('hex').slice(0, 6)
  portal.content.update({ ...entry, id, fields: { ...entry.fields, LINK } })
  return `${portal.url}/~${LINK}`
}

/** Public links lead to their files; no page shows a folder. */
export function publicLinks (app: FastifyInstance, { content }: Portal): void {
  app.get<{ Params: { link: string } }>('/~:link', async (request, reply) => {
    const file = content.list('file').find(({ fields: { LINK, TYPE, DELETED_TYPE } }) =>
      LINK === request.params.link && TYPE === 'file' && !DELETED_TYPE)
    return file ? sendFile(reply, contentOf(file)) : reply.callNotFound()
  })
}
