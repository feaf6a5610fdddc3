import { chatNamed, dialogOf } from '../../dialog.ts'
import type { Portal } from '../../portal.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { accessError, GENERAL } from './dialog.ts'

/** @throws RestError when it is empty */
export function messageOf ({ params }: RestCall): string {
  const message = text(params.MESSAGE)
  if (!message) throw new RestError('MESSAGE_EMPTY', "Message can't be empty")
  return message
}

/** A chat that somebody has written into exists as well: on the page, for one. */
const isChat = (portal: Portal, name: string): boolean =>
  chatNamed(portal, name) !== undefined || portal.content.list('message', name).length > 0

/** Where the message belongs: DIALOG_ID is `chat2` for a chat, a user id for a private dialog. */
function parentOf ({ params, token: { portal, user } }: RestCall): string {
  if (typeof params.DIALOG_ID === 'object') throw new RestError('PARAMS_ERROR', 'Incorrect params')
  const name = text(params.DIALOG_ID)
  if (name.startsWith('sg') || (name === GENERAL && !user.admin)) {
    throw accessError()
  }
  if (name.startsWith('chat')) {
    if (!isChat(portal, name)) throw new RestError('CHAT_ID', 'Error creating message')
  } else if (!(Number(name) > 0)) throw new RestError('USER_ID_EMPTY', "User ID can't be empty")
  const parent = dialogOf(portal, user, name)
  if (parent === undefined) {
    throw name.startsWith('chat') ? accessError() : new RestError('USER_NOT_FOUND', 'User not found')
  }
  return parent
}

/** Characters of JSON that an attachment may have. */
const MAX_ATTACH = 60_000

/** A parameter that is an object, or the JSON of one; undefined for one that is neither. */
function objectOf (value: unknown): Row | undefined {
  if (typeof value !== 'string') return map(value)
  try {
    const parsed = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null ? map(parsed) : undefined
  } catch {
    return undefined
  }
}

const isGiven = (value: unknown): boolean => text(value) !== '' || Object.keys(map(value)).length > 0

/** Something that stands beside the text of a message: its rows are in the parameter itself, or under `key`. */
interface Part { name: string, key: string, code: string, isRow: (row: Row) => boolean }

const PARTS: Part[] = [
  { name: 'ATTACH', key: 'BLOCKS', code: 'ATTACH_ERROR', isRow: row => Object.keys(row).length > 0 },
  {
    name: 'KEYBOARD',
    key: 'BUTTONS',
    code: 'KEYBOARD_ERROR',
    isRow: ({ TEXT, TYPE }) => text(TEXT) !== '' || TYPE === 'NEWLINE'
  },
  { name: 'MENU', key: 'ITEMS', code: 'MENU_ERROR', isRow: ({ TEXT }) => text(TEXT) !== '' }
]

/**
 * Checks what stands beside the text of a message. Tells whether it has an attachment, which may stand for the text.
 *
 * @throws RestError for a part that the portal would not show
 */
export function checkParts (params: Row): { hasAttach: boolean } {
  for (const { name, key, code, isRow } of PARTS) {
    const given = params[name]
    if (!isGiven(given)) continue
    const part = objectOf(given) ?? {}
    const rows = Object.values(map(part[key] ?? part)).map(map)
    if (!rows.some(isRow)) throw new RestError(code, `Incorrect ${name.toLowerCase()} params`)
  }
  const { ATTACH } = params
  if (isGiven(ATTACH) && JSON.stringify(ATTACH).length > MAX_ATTACH) {
    throw new RestError('ATTACH_OVERSIZE', 'You have exceeded the maximum allowable size of attach')
  }
  return { hasAttach: isGiven(ATTACH) }
}

/** @throws RestError when REPLY_ID names no message of the same dialog */
function checkReply ({ params: { REPLY_ID }, token: { portal } }: RestCall, parent: string): void {
  if (REPLY_ID === undefined) return
  const answered = portal.content.find('message', Number(text(REPLY_ID)))
  if (!answered) throw new RestError('REPLY_ACCESS_ERROR', 'Action unavailable', 403)
  if (answered.parent !== parent) {
    throw new RestError('REPLY_FROM_OTHER_CHAT_ERROR', 'You can only reply to a message within the same chat', 403)
  }
}

/** im.message.add: writes into a dialog, and tells the number of the message. */
export function addMessage (call: RestCall): number {
  const { params, token: { portal, user } } = call
  const parent = parentOf(call)
  const { hasAttach } = checkParts(params)
  checkReply(call, parent)
  const isSystem = text(params.SYSTEM) === 'Y'
  const message = hasAttach ? text(params.MESSAGE) : messageOf(call)
  return portal.content.add({
    kind: 'message',
    authorId: user.id,
    parent,
    // A chat is told which application has sent it.
    text: isSystem && parent.startsWith('chat') ? `[b]${portal.state.application.name}[/b]\n${message}` : message,
    fields: { SYSTEM: isSystem ? 'Y' : 'N' }
  }).id
}
