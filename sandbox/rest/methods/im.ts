import { dialogName, dialogOf } from '../../dialog.ts'
import { dialog } from '../im/dialog.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

const scopes = ['im']

/** Characters of JSON that an attachment may have. */
const MAX_ATTACH = 60_000

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

const isList = (value: unknown): boolean => typeof value === 'object' && value !== null

/** What stands beside the text of a message. */
function checkParts ({ params, token: { portal } }: RestCall, parent: string): void {
  const parts: Array<[name: string, code: string, description: string]> = [
    ['ATTACH', 'ATTACH_ERROR', 'Incorrect attach params'], ['KEYBOARD', 'KEYBOARD_ERROR', 'Incorrect keyboard params'],
    ['MENU', 'MENU_ERROR', 'Incorrect menu params']
  ]
  for (const [name, code, description] of parts) {
    if (params[name] !== undefined && !isList(params[name])) throw new RestError(code, description)
  }
  if (JSON.stringify(params.ATTACH ?? '').length > MAX_ATTACH) {
    throw new RestError('ATTACH_OVERSIZE', 'You have exceeded the maximum allowable size of attach')
  }
  if (params.REPLY_ID === undefined) return
  const answered = portal.content.find('message', Number(text(params.REPLY_ID)))
  if (!answered) throw new RestError('REPLY_ACCESS_ERROR', 'Action unavailable')
  if (answered.parent !== parent) {
    throw new RestError('REPLY_FROM_OTHER_CHAT_ERROR', 'You can only reply to a message within the same chat')
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
      const { params, token: { portal, user } } = call
      const fields = { SYSTEM: text(params.SYSTEM) === 'Y' ? 'Y' : 'N' }
      const parent = parentOf(call)
      checkParts(call, parent)
      const message = isList(params.ATTACH) ? text(params.MESSAGE) : messageOf(call)
      return portal.content.add({ kind: 'message', authorId: user.id, parent, text: message, fields }).id
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
