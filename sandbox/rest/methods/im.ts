import { dialogName, dialogOf } from '../../dialog.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

const scopes = ['im']

function messageOf ({ params }: RestCall): string {
  const message = text(params.MESSAGE)
  if (!message) throw new RestError('MESSAGE_EMPTY', "Message can't be empty")
  return message
}

/** Where the message belongs: DIALOG_ID is `chat2` for a chat, a user id for a private dialog. */
function parentOf ({ params, token: { portal, user } }: RestCall): string {
  const name = text(params.DIALOG_ID)
  const parent = dialogOf(portal, user, name)
  if (parent !== undefined) return parent
  if (name.startsWith('chat')) throw new RestError('CHAT_ID_EMPTY', "Chat ID can't be empty")
  if (!(Number(name) > 0)) throw new RestError('USER_ID_EMPTY', "User ID can't be empty")
  throw new RestError('ACCESS_ERROR', "You don't have access to send messages to this dialog")
}

/** The dialog that DIALOG_ID names, as the caller knows it. */
function dialog ({ params, token: { portal, user } }: RestCall) {
  const name = text(params.DIALOG_ID)
  const parent = dialogOf(portal, user, name)
  if (parent === undefined) throw new RestError('ACCESS_ERROR', 'You do not have access to the specified dialog')
  const other = Object.values(portal.users).find(({ id }) => String(id) === name)
  return {
    // One number for everybody in it, also of a private dialog
    id: other === undefined ? Number(name.slice('chat'.length)) : 1000 + Number(parent.replace(':', '')),
    dialog_id: name,
    type: other === undefined ? 'chat' : 'private',
    // As the messenger's page calls it
    name: other !== undefined ? `${other.name} ${other.lastName}` : name === 'chat2' ? 'Logistics' : name
  }
}

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
  'im.message.add': {
    scopes,
    run (call) {
      const { portal, user } = call.token
      const fields = { SYSTEM: text(call.params.SYSTEM) === 'Y' ? 'Y' : 'N' }
      return portal.content.add({
        kind: 'message', authorId: user.id, parent: parentOf(call), text: messageOf(call), fields
      }).id
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
      if (!portal.user(recipient)) return false
      const fields = { TAG: text(call.params.TAG), SUB_TAG: text(call.params.SUB_TAG) }
      return portal.content.add({
        kind: 'notification', authorId: user.id, parent: String(recipient), text: message, fields
      }).id
    }
  }
}
