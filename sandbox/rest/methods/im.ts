import type { Portal } from '../../portal.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

const scopes = ['im']

const isPerson = (portal: Portal, id: number): boolean => Object.values(portal.users).some(user => user.id === id)

function messageOf ({ params }: RestCall): string {
  const message = text(params.MESSAGE)
  if (!message) throw new RestError('MESSAGE_EMPTY', "Message can't be empty")
  return message
}

/** `chat2` for a chat, a user id for a private dialog. */
function dialogOf ({ params, token: { portal } }: RestCall): string {
  const dialog = text(params.DIALOG_ID)
  if (/^chat\d+$/.test(dialog)) return dialog
  if (dialog.startsWith('chat')) throw new RestError('CHAT_ID_EMPTY', "Chat ID can't be empty")
  if (!(Number(dialog) > 0)) throw new RestError('USER_ID_EMPTY', "User ID can't be empty")
  if (!isPerson(portal, Number(dialog))) {
    throw new RestError('ACCESS_ERROR', "You don't have access to send messages to this dialog")
  }
  return dialog
}

/** Messages and notifications: im.message.add, im.notify.personal.add. */
export const imMethods: RestMethods = {
  'im.message.add': {
    scopes,
    run (call) {
      const { portal, user } = call.token
      const fields = { SYSTEM: text(call.params.SYSTEM) === 'Y' ? 'Y' : 'N' }
      return portal.content.add({ kind: 'message', authorId: user.id, parent: dialogOf(call), text: messageOf(call), fields }).id
    }
  },
  'im.notify.personal.add': {
    scopes,
    run (call) {
      const { portal, user } = call.token
      const recipient = Number(text(call.params.USER_ID))
      if (!(recipient > 0)) throw new RestError('USER_ID_EMPTY', "User ID can't be empty")
      const message = messageOf(call)
      // Nobody is told, which is no error.
      if (!isPerson(portal, recipient)) return false
      const fields = { TAG: text(call.params.TAG), SUB_TAG: text(call.params.SUB_TAG) }
      return portal.content.add({ kind: 'notification', authorId: user.id, parent: String(recipient), text: message, fields }).id
    }
  }
}
