import type { Portal, SandboxUser } from './portal.ts'

// A chat has one name for everybody. A private dialog has the name of the other one: 3 to user 2, and 2 to user 3.
// Its messages are kept under the ids of both.

const isChat = (name: string): boolean => /^chat\d+$/.test(name)

/** Whether it is a conversation with a customer, who reads it in a messenger of their own: `imol|` and its number. */
export const isOpenChannel = (name: string): boolean => /^imol\|\d+$/.test(name)

/** Under what the messages of the dialog are kept that `user` calls `name`; undefined when there is no such dialog. */
export function dialogOf (portal: Portal, user: SandboxUser, name: string): string | undefined {
  if (isChat(name)) return name
  const other = Object.values(portal.users).find(({ id }) => String(id) === name)
  return other && [user.id, other.id].sort((a, b) => a - b).join(':')
}

/** The name that `user` has for a dialog whose messages are kept under `parent`; undefined when it is one of others. */
export function dialogName (user: SandboxUser, parent: string): string | undefined {
  if (isChat(parent)) return parent
  const ids = parent.split(':')
  const own = ids.indexOf(String(user.id))
  return own === -1 ? undefined : ids[1 - own]
}
