import t from 'tap'
import type { SandboxUser } from '../../../../sandbox/index.ts'
import { callRest, pageText, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST chats: a chat is for those who are in it', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee, designer } = alpha.users
  const USERS = [2, 99]
  const id = await resultOf(alpha, 'im.chat.add',
    { USERS, MESSAGE: 'Hello', DESCRIPTION: 'Of the truck', ENTITY_TYPE: 'CRM', ENTITY_ID: 'DEAL|1' })
  t.equal(id, 3)
  const DIALOG_ID = `chat${id}`
  t.match(await resultOf(alpha, 'im.dialog.get', { DIALOG_ID }, employee), {
    id,
    name: 'Chat with Emil Novak',
    description: 'Of the truck',
    owner: 1,
    type: 'chat',
    message_type: 'C',
    user_counter: 2,
    message_count: 1,
    entity_type: 'CRM',
    entity_id: 'DEAL|1',
    role: 'member'
  })
  t.strictSame(await resultOf(alpha, 'im.chat.get', { ENTITY_TYPE: 'CRM', ENTITY_ID: 'DEAL|1' }), { ID: id })
  for (const params of [{}, { ENTITY_TYPE: 'CRM', ENTITY_ID: 'DEAL|2' }]) {
    t.equal(await resultOf(alpha, 'im.chat.get', params), null)
  }
  const seenBy = async (user: SandboxUser): Promise<boolean> =>
    // A list of dialogs.
    (await resultOf(alpha, 'im.recent.get', {}, user) as Array<{ id: unknown }>).some(row => row.id === DIALOG_ID)
  t.strictSame([await seenBy(employee), await seenBy(designer)], [true, false])
  for (const method of ['im.dialog.get', 'im.dialog.messages.get', 'im.message.add']) {
    t.match(await callRest(alpha, method, { DIALOG_ID, MESSAGE: 'Hello' }, designer),
      { status: 403, body: { error: 'ACCESS_ERROR' } }, method)
  }
  const page = async (user: SandboxUser): Promise<string> =>
    pageText(await fetch(`${alpha.url}/messenger/?user=${user.id}`))
  t.match(await page(employee), /Chat with Emil Novak/)
  t.notMatch(await page(designer), /Chat with Emil Novak/)
  t.equal(await resultOf(alpha, 'im.chat.user.add', { CHAT_ID: id, USERS: [3, 99] }, employee), true)
  t.strictSame(await resultOf(alpha, 'im.chat.user.list', { CHAT_ID: id }, designer), [1, 2, 3])
  t.equal(await resultOf(alpha, 'im.chat.updateTitle', { CHAT_ID: id, TITLE: ' Truck ' }, designer), true)
  t.match(await resultOf(alpha, 'im.dialog.get', { DIALOG_ID }), { name: 'Truck' })
  t.equal(await resultOf(alpha, 'im.chat.user.delete', { CHAT_ID: id, USER_ID: 3 }), true)
  t.strictSame(await resultOf(alpha, 'im.chat.user.list', { CHAT_ID: id }, designer), [])
  t.equal(await resultOf(alpha, 'im.chat.leave', { CHAT_ID: id }), true)
  t.match(await resultOf(alpha, 'im.dialog.get', { DIALOG_ID }, employee), { owner: 2, role: 'owner' })
  t.equal(await resultOf(alpha, 'im.chat.leave', { CHAT_ID: id }, employee), true)
  const open = await resultOf(alpha, 'im.chat.add', { TYPE: 'OPEN', TITLE: 'News' }, alpha.systemUser)
  t.match(await resultOf(alpha, 'im.dialog.get', { DIALOG_ID: `chat${open}` }, designer),
    { name: 'News', type: 'open', message_type: 'O', owner: 9, user_counter: 1 })
  t.equal(await resultOf(alpha, 'im.chat.setOwner', { CHAT_ID: 2, USER_ID: 3 }), true)
  t.match(await resultOf(alpha, 'im.dialog.get', { DIALOG_ID: 'chat2' }), { owner: 3, user_counter: 4 })
})

await t.test('REST chats: wrong calls are refused with the documented codes and texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee, designer } = alpha.users
  const CHAT_ID = await resultOf(alpha, 'im.chat.add', { USERS: [2] })
  const kick = 'Insufficient rights to exclude participants from the chat'
  type Refusal = [status: number, error: string, description: string]
  const noChat: Refusal = [400, 'CHAT_ID_EMPTY', "Chat ID can't be empty"]
  const noUser: Refusal = [400, 'USER_ID_EMPTY', "User ID can't be empty"]
  const unavailable: Refusal = [403, 'ACCESS_ERROR', 'Action unavailable']
  const wrong: Refusal = [400, 'WRONG_REQUEST', 'Change owner can only owner and user must be member in chat']
  const rows: Array<[method: string, params: Record<string, unknown>, refusal: Refusal, user?: SandboxUser]> = [
    ['leave', {}, noChat],
    ['user.list', { CHAT_ID: 99 }, unavailable],
    ['user.add', { CHAT_ID: 1 }, [403, 'ACCESS_ERROR', 'It is forbidden to add users to this chat']],
    ['user.add', { CHAT_ID, USERS: [3] },
      [403, 'ACCESS_DENIED_EXTEND', 'Insufficient permissions to add participants to the chat'], designer],
    ['user.delete', { CHAT_ID }, noUser],
    ['user.delete', { CHAT_ID: 1, USER_ID: 2 }, [403, 'ACCESS_ERROR', 'It is forbidden to delete users of this chat']],
    ['user.delete', { CHAT_ID, USER_ID: 1 }, [403, 'ACCESS_DENIED_KICK', kick], employee],
    ['user.delete', { CHAT_ID, USER_ID: 3 }, [400, 'USER_NOT_FOUND', 'The specified user is not in the chat']],
    ['leave', { CHAT_ID }, [403, 'ACCESS_DENIED_KICK', 'Insufficient rights to remove participants from the chat'],
      designer],
    ['setowner', { CHAT_ID }, noUser],
    ['setowner', { CHAT_ID, USER_ID: 3 }, wrong],
    ['setowner', { CHAT_ID, USER_ID: 2 }, wrong, employee],
    ['updatetitle', { CHAT_ID, TITLE: ' ' }, [400, 'TITLE_EMPTY', "Title can't be empty"]],
    ['updatetitle', { CHAT_ID, TITLE: 'A' }, unavailable, designer],
    ['updatetitle', { CHAT_ID: 1, TITLE: 'A' }, [403, 'ACCESS_ERROR', 'This chat cannot be renamed']]
  ]
  for (const [method, params, [status, error, description], user] of rows) {
    t.strictSame(await callRest(alpha, `im.chat.${method}`, params, user),
      { status, body: { error, error_description: description } }, `${method} ${JSON.stringify(params)}`)
  }
})
