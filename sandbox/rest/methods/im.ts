import { addMessage, messageOf } from '../im/add-message.ts'
import { dialog } from '../im/dialog.ts'
import { recent } from '../im/recent.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestMethods } from '../rest-method.ts'

const scopes = ['im']

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
      // There is nobody to notify, which is no error.
      if (!portal.user(recipient)) return false
      const fields = { TAG: text(call.params.TAG), SUB_TAG: text(call.params.SUB_TAG) }
      return portal.content.add({
        kind: 'notification', authorId: user.id, parent: String(recipient), text: message, fields
      }).id
    }
  }
}
