import type { Entry } from '../../content.ts'
import { membersOf } from '../../dialog.ts'
import type { Portal } from '../../portal.ts'
import { accessError } from '../im/dialog.ts'
import { RestError } from '../rest-error.ts'
import { numbers, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

/** The chat of the whole company, which nobody joins or leaves. */
const isGeneral = ({ id }: Entry): boolean => id === 1

/** The number of a person, or of a chat, which the call must give. */
function idOf ({ params }: RestCall, what: 'Chat' | 'User'): number {
  const id = Number(text(params[`${what.toUpperCase()}_ID`]))
  if (!(id > 0)) throw new RestError(`${what.toUpperCase()}_ID_EMPTY`, `${what} ID can't be empty`)
  return id
}

/** The chat that a call is about, with those who are in it. */
function chatOf (call: RestCall): { chat: Entry, members: number[], isMember: boolean } {
  const { portal, user } = call.token
  const chat = portal.content.find('chat', idOf(call, 'Chat'))
  if (!chat) throw accessError()
  const members = membersOf(portal, chat)
  return { chat, members, isMember: members.includes(user.id) }
}

/** Those of the people who exist, each of them once. */
const peopleOf = (portal: Portal, ids: number[]): number[] =>
  [...new Set(ids)].filter(id => portal.user(id) ?? id === portal.systemUser.id).sort((one, other) => one - other)

function keep ({ token: { portal } }: RestCall, chat: Entry, members: number[]): true {
  portal.content.update({ ...chat, fields: { ...chat.fields, USERS: peopleOf(portal, members) } })
  return true
}

function add (call: RestCall): number {
  const { params, token: { portal, user } } = call
  const USERS = peopleOf(portal, [user.id, ...numbers(params.USERS)])
  const names = portal.people.filter(({ id }) => id !== user.id && USERS.includes(id))
    .map(({ name, lastName }) => `${name} ${lastName}`)
  const { id } = portal.content.add({
    kind: 'chat',
    authorId: user.id,
    title: text(params.TITLE) || `Chat with ${names.join(', ')}`,
    fields: {
      USERS,
      ...Object.fromEntries(['TYPE', 'DESCRIPTION', 'ENTITY_TYPE', 'ENTITY_ID'].map(name => [name, text(params[name])]))
    }
  })
  const message = text(params.MESSAGE)
  if (message) portal.content.add({ kind: 'message', authorId: user.id, parent: `chat${id}`, text: message })
  return id
}

/** The chat about something else. */
function get ({ params, token: { portal } }: RestCall): { ID: number } | null {
  const [type, id] = [text(params.ENTITY_TYPE), text(params.ENTITY_ID)]
  const chat = portal.content.list('chat')
    .find(({ fields }) => type !== '' && fields.ENTITY_TYPE === type && fields.ENTITY_ID === id)
  return chat ? { ID: chat.id } : null
}

function addUsers (call: RestCall): true {
  const { chat, members, isMember } = chatOf(call)
  if (isGeneral(chat)) throw accessError('It is forbidden to add users to this chat')
  if (!isMember) {
    throw new RestError('ACCESS_DENIED_EXTEND', 'Insufficient permissions to add participants to the chat', 403)
  }
  return keep(call, chat, [...members, ...numbers(call.params.USERS)])
}

/** Takes a person out of a chat: its owner may do so, or the person. An owner who goes leaves it to the next one. */
function removeUser (call: RestCall, wanted: number, action: string): true {
  const { chat, members, isMember } = chatOf(call)
  const { id } = call.token.user
  if (isGeneral(chat)) throw accessError('It is forbidden to delete users of this chat')
  if (!isMember || (id !== wanted && id !== chat.authorId)) {
    throw new RestError('ACCESS_DENIED_KICK', `Insufficient rights to ${action} the chat`, 403)
  }
  if (!members.includes(wanted)) throw new RestError('USER_NOT_FOUND', 'The specified user is not in the chat')
  const others = members.filter(member => member !== wanted)
  const [authorId = wanted] = wanted === chat.authorId ? others : [chat.authorId]
  return keep(call, { ...chat, authorId }, others)
}

function listUsers (call: RestCall): number[] {
  const { members, isMember } = chatOf(call)
  return isMember ? members : []
}

function setOwner (call: RestCall): true {
  const { chat, members } = chatOf(call)
  const authorId = idOf(call, 'User')
  if (chat.authorId !== call.token.user.id || !members.includes(authorId)) {
    throw new RestError('WRONG_REQUEST', 'Change owner can only owner and user must be member in chat')
  }
  call.token.portal.content.update({ ...chat, authorId })
  return true
}

function updateTitle (call: RestCall): true {
  const { chat, isMember } = chatOf(call)
  const title = text(call.params.TITLE)
  if (!title) throw new RestError('TITLE_EMPTY', "Title can't be empty")
  if (!isMember) throw accessError()
  if (isGeneral(chat)) throw accessError('This chat cannot be renamed')
  call.token.portal.content.update({ ...chat, title })
  return true
}

/** Chats and who is in them: im.chat.*. */
export const chatMethods: RestMethods = scoped(['im'], {
  'im.chat.add': add,
  'im.chat.get': get,
  'im.chat.leave': call => removeUser(call, call.token.user.id, 'remove participants from'),
  'im.chat.setowner': setOwner,
  'im.chat.updatetitle': updateTitle,
  'im.chat.user.add': addUsers,
  'im.chat.user.delete': call => removeUser(call, idOf(call, 'User'), 'exclude participants from'),
  'im.chat.user.list': listUsers
})
