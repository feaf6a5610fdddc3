import { addMessage, checkParts, messageOf } from '../im/add-message.ts'
import { dialog } from '../im/dialog.ts'
import { deleteMessage, dialogMessages, updateMessage } from '../im/messages.ts'
import { person } from '../im/person.ts'
import { recent } from '../im/recent.ts'
import { RestError } from '../rest-error.ts'
import { scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

/** Notifies somebody. An earlier notification with the same tag is gone. */
function notify (call: RestCall): number | false {
  const { params, token: { portal, user } } = call
  const { content } = portal
  const recipient = Number(text(params.USER_ID))
  if (!(recipient > 0)) throw new RestError('USER_ID_EMPTY', "User ID can't be empty")
  const message = messageOf(call)
  checkParts({ ATTACH: params.ATTACH })
  // There is nobody to notify, which is no error.
  if (!portal.user(recipient)) return false
  const fields = { TAG: text(params.TAG), SUB_TAG: text(params.SUB_TAG) }
  const parent = String(recipient)
  for (const earlier of content.list('notification', parent)) {
    if (fields.TAG !== '' && earlier.fields.TAG === fields.TAG) content.remove(earlier)
  }
  return content.add({ kind: 'notification', authorId: user.id, parent, text: message, fields }).id
}

/** The messenger: dialogs, their messages, the people in them, and notifications. */
export const imMethods: RestMethods = scoped(['im'], {
  'im.dialog.get': dialog,
  'im.dialog.messages.get': dialogMessages,
  'im.recent.get': recent,
  'im.message.add': addMessage,
  'im.message.update': updateMessage,
  'im.message.delete': deleteMessage,
  'im.notify.personal.add': notify,
  'im.notify.system.add': notify,
  'im.user.get': person
})
