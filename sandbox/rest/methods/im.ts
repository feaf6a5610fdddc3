import { dialogName } from '../../dialog.ts'
import { addMessage, messageOf } from '../im/add-message.ts'
import { dialog } from '../im/dialog.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

const scopes = ['im']

/** The dialogs of the caller in which there are messages, and the chat that everybody is in. */
function recent (call: RestCall) {
  const { params, token: { portal, user } } = call
  const names = portal.content.list('message').map(message => dialogName(user, message.parent))
  const isSkipped = (name: string) =>
    text(name.startsWith('chat') ? params.SKIP_CHAT : params.SKIP_DIALOG) === 'Y'
  return [...new Set(['chat2', ...names.filter(name => name !== undefined)])].filter(name => !isSkipped(name))
    .map(name => {
      const { id, type, name: title } = dialog({ ...call, params: { DIALOG_ID: name } })
      return type === 'chat' ? { id: name, chat_id: id, type, title } : { id: Number(name), type: 'user', title }
    })
}

/** Dialogs, messages and notifications: im.dialog.get, im.recent.get, im.message.add, im.notify.personal.add. */
export const imMethods: RestMethods = {
  'im.dialog.get': { scopes, run: dialog },
  'im.recent.get': { scopes, run: recent },
  'im.message.add': { scopes, run: addMessage },
  'im.notify.personal.add': {
    scopes,
    run (call) {
      const { portal, user } = call.token
      const recipient = Number(text(call.params.USER_ID))
      if (!(recipient > 0)) throw new RestError('USER_ID_EMPTY', "User ID can't be empty")
      const message = messageOf(call)
      // Nobody is told, which is no error.
      if (!portal.user(recipient)) return false
      const fields = { TAG: text(call.params.TAG), SUB_TAG: text(call.params.SUB_TAG) }
      return portal.content.add({
        kind: 'notification', authorId: user.id, parent: String(recipient), text: message, fields
      }).id
    }
  }
}
