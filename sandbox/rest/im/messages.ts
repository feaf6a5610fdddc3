import type { Entry } from '../../content.ts'
import { dialogOf } from '../../dialog.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { checkParts } from './add-message.ts'
import { dialog } from './dialog.ts'
import { writerOf } from './person.ts'

const isSystem = ({ fields }: Entry): boolean => fields.SYSTEM === 'Y'

/** The message that the call names. Nobody but its author changes it, and nobody one of the system. */
function find ({ params, token: { portal, user } }: RestCall): Entry {
  const id = Number(text(params.MESSAGE_ID ?? params.ID))
  if (!(id > 0)) throw new RestError('MESSAGE_ID_ERROR', "Message ID can't be empty")
  const entry = portal.content.find('message', id)
  if (entry?.authorId === user.id && !isSystem(entry)) return entry
  throw new RestError('CANT_EDIT_MESSAGE', "Time has expired for modification or you don't have access", 403)
}

/** im.message.delete */
export function deleteMessage (call: RestCall): true {
  call.token.portal.content.remove(find(call))
  return true
}

/** im.message.update: a message without a text is gone; a part that is `N` is taken out. */
export function updateMessage (call: RestCall): true {
  const { params, token: { portal: { content } } } = call
  const entry = find(call)
  checkParts(Object.fromEntries(Object.entries(params).filter(([, value]) => value !== 'N')))
  const { MESSAGE = entry.text } = params
  if (text(MESSAGE) === '') return deleteMessage(call)
  content.update({ ...entry, text: text(MESSAGE) })
  return true
}

/** The number of a message from which on a dialog is read. */
function limitOf ({ params }: RestCall, name: 'First' | 'Last'): number | undefined {
  const given = text(params[`${name.toUpperCase()}_ID`])
  if (given === '') return undefined
  if (/^\d+$/.test(given)) return Number(given)
  throw new RestError(`${name.toUpperCase()}_ID_STRING`, `${name} ID can't be string`)
}

/** im.dialog.messages.get: the latest messages of a dialog, or those before or after one; the latest first. */
export function dialogMessages (call: RestCall): Row {
  const { params, token: { portal, user } } = call
  const { id: chatId } = dialog(call)
  const [first, last] = [limitOf(call, 'First'), limitOf(call, 'Last')]
  const limit = Math.trunc(Number(text(params.LIMIT)))
  const size = limit > 0 ? Math.min(limit, 50) : 20
  const fitting = portal.content.list('message', dialogOf(portal, user, text(params.DIALOG_ID)))
    .filter(({ id }) => first === undefined ? id < (last ?? Infinity) : id > first)
  const messages = (first === undefined ? fitting.slice(-size) : fitting.slice(0, size)).reverse()
  const writers = new Set(messages.filter(message => !isSystem(message)).map(({ authorId }) => authorId))
  return {
    chat_id: chatId,
    messages: messages.map(message => ({
      id: message.id,
      chat_id: chatId,
      author_id: isSystem(message) ? 0 : message.authorId,
      date: isoTime(message.at),
      text: message.text,
      unread: false,
      uuid: null,
      replaces: [],
      params: [],
      disappearing_date: null
    })),
    users: portal.people.filter(({ id }) => writers.has(id)).map(writer => writerOf(portal, writer)),
    files: []
  }
}
