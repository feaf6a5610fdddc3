import { dialogName, dialogOf } from '../../dialog.ts'
import { text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { dialog, LOGISTICS } from './dialog.ts'
import { personOf } from './person.ts'

/** A BB code; the address in one may have brackets of its own. */
const CODE = /\[\/?\w+(?:=(?:[^[\]]|\[[^\]]*\])*)?\]/g

/** The text of a message in one line, without its BB codes. */
const plain = (message: string): string => message.replaceAll(CODE, '').replaceAll(/\s+/g, ' ').trim()

function rowOf (call: RestCall, name: string): Row {
  const { portal, user } = call.token
  const { id, type, name: title, color, ...about } = dialog({ ...call, params: { DIALOG_ID: name } })
  const last = portal.content.list('message', dialogOf(portal, user, name)).at(-1)
  const other = portal.user(Number(name))
  const person = other && personOf(portal, other, color)
  return {
    id: other ? other.id : name,
    type: other ? 'user' : 'chat',
    avatar: { url: person ? person.avatar : '', color },
    title,
    message: last
      ? { id: last.id, text: plain(last.text), file: false, attach: false, author_id: last.authorId }
      : null,
    counter: 0,
    date: last ? isoTime(last.at) : about.date_create,
    ...(person
      ? { user: person }
      : {
          chat_id: id,
          chat: {
            id,
            title,
            owner: about.owner,
            extranet: false,
            avatar: '',
            color,
            type,
            entity_type: about.entity_type,
            entity_data_1: '',
            entity_data_2: '',
            entity_data_3: '',
            date_create: about.date_create,
            message_type: about.message_type
          }
        })
  }
}

/** im.recent.get: the dialogs of the caller with messages, the latest first, and the chat that everybody is in. */
export function recent (call: RestCall): Row[] {
  const { params, token: { portal, user } } = call
  const names = portal.content.list('message').map(message => dialogName(portal, user, message.parent))
  const isSkipped = (name: string) =>
    text(name.startsWith('chat') ? params.SKIP_CHAT : params.SKIP_DIALOG) === 'Y'
  return [...new Set([LOGISTICS, ...names.filter(name => name !== undefined)])].filter(name => !isSkipped(name))
    .map(name => rowOf(call, name))
    .sort((one, other) => Date.parse(String(other.date)) - Date.parse(String(one.date)))
}
