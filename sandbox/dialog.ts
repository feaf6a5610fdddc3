import type { Entry } from './content.ts'
import type { Portal, SandboxUser } from './portal.ts'

// A chat has one name for everybody. A private dialog has the name of the other one: 3 to user 2, and 2 to user 3.
// Its messages are kept under the ids of both.

const isChat = (name: string): boolean => /^chat\d+$/.test(name)

/** Whether it is a conversation with a customer, who reads it in a messenger of their own: `imol|` and its number. */
export const isOpenChannel = (name: string): boolean => /^imol\|\d+$/.test(name)

/** A chat that was made, by its name; people also write into others. */
export const chatNamed = ({ content }: Portal, name: string): Entry | undefined =>
  content.find('chat', Number(name.slice('chat'.length)))

/** The numbers of those who are in a chat: of everybody unless it says else. */
export const membersOf = ({ users }: Portal, { fields: { USERS } }: Entry): number[] =>
  Array.isArray(USERS) ? USERS.map(Number) : Object.values(users).map(({ id }) => id)

function isOpenTo (portal: Portal, user: SandboxUser, name: string): boolean {
  const chat = chatNamed(portal, name)
  return chat?.fields.USERS === undefined || chat.fields.TYPE === 'OPEN' || membersOf(portal, chat).includes(user.id)
}

/** Under what the messages of the dialog are kept that `user` calls `name`; undefined when there is no such dialog. */
export function dialogOf (portal: Portal, user: SandboxUser, name: string): string | undefined {
  if (isChat(name)) return isOpenTo(portal, user, name) ? name : undefined
  const other = portal.people.find(({ id }) => String(id) === name)
  return other && [user.id, other.id].sort((a, b) => a - b).join(':')
}

/** The name that `user` has for a dialog whose messages are kept under `parent`; undefined when it is one of others. */
export function dialogName (portal: Portal, user: SandboxUser, parent: string): string | undefined {
  if (isChat(parent)) return dialogOf(portal, user, parent)
  const ids = parent.split(':')
  const own = ids.indexOf(String(user.id))
  return own === -1 ? undefined : ids[1 - own]
}
