import type { Entry } from '../../content.ts'
import { text, texts } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

/** The field of a task that holds the numbers of its attachments. */
export const FILES = 'UF_TASK_WEBDAV_FILES'

/** The file of the drive with this number; undefined when there is none. */
export function fileOf ({ token: { portal } }: RestCall, id: unknown): Entry | undefined {
  const found = portal.content.find('file', Number(text(id)))
  return found?.fields.TYPE === 'file' ? found : undefined
}

/** Attaches a file, and gives the number of the attachment. */
export const attached = ({ token: { portal, user } }: RestCall, { id }: Entry): number =>
  portal.content.add({ kind: 'attachment', authorId: user.id, fields: { OBJECT_ID: id } }).id

/** What a call makes of the files of a task: `n101` attaches that one of the drive, a number keeps an attachment. */
export function withAttachments (call: RestCall, fields: Row): Row {
  if (fields[FILES] === undefined) return fields
  const ids = texts(fields[FILES]).flatMap(given => {
    if (!given.startsWith('n')) return [Number(given)]
    const file = fileOf(call, given.slice(1))
    return file ? [attached(call, file)] : []
  })
  return { ...fields, [FILES]: ids }
}
