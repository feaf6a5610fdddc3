import t from 'tap'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST im: a message is kept in its dialog', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const MESSAGE = '[b]26 °C[/b] in Graz'
  t.equal(await resultOf(alpha, 'im.message.add', { DIALOG_ID: 'chat2', MESSAGE }, alpha.users.employee), 3)
  t.equal(await resultOf(alpha, 'im.message.add', { DIALOG_ID: 3, MESSAGE, SYSTEM: 'Y' }), 4)
  t.equal(await resultOf(alpha, 'im.message.add', { DIALOG_ID: 'chat2', MESSAGE, SYSTEM: 'Y' }), 5)
  t.match(alpha.content.list('message').slice(2), [
    { id: 3, parent: 'chat2', authorId: 2, text: MESSAGE, fields: { SYSTEM: 'N' } },
    { id: 4, parent: '1:3', authorId: 1, text: MESSAGE, fields: { SYSTEM: 'Y' } },
    { id: 5, parent: 'chat2', text: /^\[b\].+\[\/b\]\n\[b\]26/ }
  ])
})

await t.test('REST im: a message is refused with the documented code', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const chat = { DIALOG_ID: 'chat2', MESSAGE: 'a' }
  const rows: Array<[string, Record<string, unknown>, string]> = [
    ['no dialog', { MESSAGE: 'Hello' }, 'USER_ID_EMPTY'],
    ['a list of dialogs', { DIALOG_ID: ['chat2'], MESSAGE: 'Hello' }, 'PARAMS_ERROR'],
    ['chat without a number', { DIALOG_ID: 'chat', MESSAGE: 'Hello' }, 'CHAT_ID'],
    ['no such chat', { DIALOG_ID: 'chat2941', MESSAGE: 'Hello' }, 'CHAT_ID'],
    ['nobody', { DIALOG_ID: 99, MESSAGE: 'Hello' }, 'USER_NOT_FOUND'],
    ['a group without the user', { DIALOG_ID: 'sg5', MESSAGE: 'Hello' }, 'ACCESS_ERROR'],
    ['no text', { DIALOG_ID: 'chat2', MESSAGE: ' ' }, 'MESSAGE_EMPTY'],
    ['neither text nor attachment', { DIALOG_ID: 'chat2', ATTACH: '' }, 'MESSAGE_EMPTY'],
    ['a text as attachment', { ...chat, ATTACH: 'x' }, 'ATTACH_ERROR'],
    ['a number as attachment', { ...chat, ATTACH: '7' }, 'ATTACH_ERROR'],
    ['an attachment without content', { ...chat, ATTACH: [{}] }, 'ATTACH_ERROR'],
    ['a long attachment', { DIALOG_ID: 'chat2', ATTACH: [{ MESSAGE: 'x'.repeat(60_000) }] }, 'ATTACH_OVERSIZE'],
    ['a text as keyboard', { ...chat, KEYBOARD: 'x' }, 'KEYBOARD_ERROR'],
    ['a keyboard without texts', { ...chat, KEYBOARD: { BUTTONS: [{ LINK: '/' }] } }, 'KEYBOARD_ERROR'],
    ['a text as menu', { ...chat, MENU: 'x' }, 'MENU_ERROR'],
    ['an answer to nothing', { ...chat, REPLY_ID: 99 }, 'REPLY_ACCESS_ERROR'],
    ['an answer elsewhere', { DIALOG_ID: 3, MESSAGE: 'a', REPLY_ID: 1 }, 'REPLY_FROM_OTHER_CHAT_ERROR']
  ]
  const before = alpha.content.list('message')
  for (const [name, params, code] of rows) {
    const status = /ACCESS|REPLY/.test(code) ? 403 : 400
    t.strictSame(await failureOf(alpha, 'im.message.add', params), [status, code], name)
  }
  t.strictSame(alpha.content.list('message'), before)
  t.match(await callRest(alpha, 'im.message.add', { DIALOG_ID: 'chat1', MESSAGE: 'x' }, alpha.users.employee),
    { status: 403, body: { error: 'ACCESS_ERROR', error_description: 'Action unavailable' } })
})

await t.test('REST im: a message is sent with what is documented for it', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const parts = { SYSTEM: 'N', URL_PREVIEW: 'Y', REPLY_ID: 1 }
  const ATTACH = [{ MESSAGE: 'API will be available in update [B]im 24.0.0[/B]' }]
  const rows: Array<[string, Record<string, unknown>]> = [
    ['an answer', parts],
    ['an attachment', { ATTACH }],
    ['an attachment as JSON', { ATTACH: JSON.stringify({ ID: 1, BLOCKS: ATTACH }) }],
    ['buttons', { KEYBOARD: [{ TEXT: 'Open', LINK: '/' }, { TYPE: 'NEWLINE' }] }],
    ['buttons as JSON', { KEYBOARD: '{"BUTTONS":[{"TYPE":"NEWLINE"}]}' }],
    ['a menu', { MENU: { ITEMS: [{ TEXT: 'Open', LINK: '/' }] } }],
    ['nothing', { ATTACH: [], KEYBOARD: '', MENU: null }]
  ]
  for (const [index, [name, given]] of rows.entries()) {
    t.equal(await resultOf(alpha, 'im.message.add', { DIALOG_ID: 'chat2', MESSAGE: 'Message text', ...given }),
      index + 3, name)
  }
  t.type(await resultOf(alpha, 'im.message.add', { DIALOG_ID: 'chat1', MESSAGE: 'To everybody' }), 'number')
  alpha.content.add({ kind: 'message', authorId: 1, parent: 'chat7', text: 'Hello' })
  t.type(await resultOf(alpha, 'im.message.add', { DIALOG_ID: 'chat7', MESSAGE: 'Hello' }), 'number')
})

await t.test('REST im: a notification is kept for the one it is for', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.equal(await resultOf(alpha, 'im.notify.personal.add', { USER_ID: 2, MESSAGE: 'Rain at four', TAG: 'rain' }), 1)
  t.equal(alpha.content.list('notification').length, 1)
  t.match(alpha.content.list('notification'),
    [{ parent: '2', authorId: 1, text: 'Rain at four', fields: { TAG: 'rain', SUB_TAG: '' } }])
  const again = { USER_ID: 2, MESSAGE: 'Rain at five', TAG: 'rain' }
  t.type(await resultOf(alpha, 'im.notify.system.add', again), 'number')
  t.match(alpha.content.list('notification'), [{ text: 'Rain at five' }], 'a tag is there once')
  t.strictSame(await failureOf(alpha, 'im.notify.system.add', { ...again, ATTACH: 'x' }), [400, 'ATTACH_ERROR'])
  t.equal(await resultOf(alpha, 'im.notify.personal.add', { USER_ID: 99, MESSAGE: 'Rain at four' }), false)
  t.strictSame(await failureOf(alpha, 'im.notify.personal.add', { USER_ID: 0, MESSAGE: 'x' }), [400, 'USER_ID_EMPTY'])
  t.strictSame(await failureOf(alpha, 'im.notify.personal.add', { USER_ID: 2 }), [400, 'MESSAGE_EMPTY'])
})

await t.test('REST im: a dialog has one id for everybody in it', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { admin, employee } = alpha.users
  t.match(await resultOf(alpha, 'im.dialog.get', { DIALOG_ID: 'chat2' }), { id: 2, type: 'chat', name: 'Logistics' })
  t.match(await resultOf(alpha, 'im.dialog.get', { DIALOG_ID: 'chat7' }), { id: 7, name: 'chat7' })
  const mine = await resultOf(alpha, 'im.dialog.get', { DIALOG_ID: String(employee.id) }, admin)
  const theirs = await resultOf(alpha, 'im.dialog.get', { DIALOG_ID: String(admin.id) }, employee)
  t.match([mine, theirs], [{ id: 1012, dialog_id: '2', name: 'Emil Novak' }, { id: 1012, dialog_id: '1' }])
  t.strictSame(await failureOf(alpha, 'im.dialog.get', { DIALOG_ID: '99' }), [403, 'ACCESS_ERROR'])
  t.strictSame(await failureOf(alpha, 'im.dialog.get'), [400, 'DIALOG_ID_EMPTY'])
})

await t.test('REST im: a dialog has the documented fields', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'im.dialog.get', { DIALOG_ID: 'chat2' }, alpha.users.employee), {
    id: 2,
    parent_chat_id: 0,
    name: 'Logistics',
    owner: 1,
    extranet: false,
    type: 'chat',
    user_counter: 4,
    message_count: 2,
    restrictions: { send: true, path: '' },
    last_message_id: 2,
    mute_list: [],
    message_type: 'C',
    role: 'member',
    permissions: { can_post: 'member' },
    manager_list: [1],
    last_message_views: { message_id: 2, count_of_viewers: 0 },
    dialog_id: 'chat2'
  })
  t.equal(await resultOf(alpha, 'im.message.add', { DIALOG_ID: 'chat2', ATTACH: [{ MESSAGE: 'Hello' }] }), 3)
  t.match(await resultOf(alpha, 'im.dialog.get', { DIALOG_ID: '3' }),
    { message_type: 'P', role: 'owner', user_counter: 2, message_count: 0, last_id: 0, manager_list: [] })
})

await t.test('REST im: the latest dialogs have the names that people know', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const message of alpha.content.list('message')) alpha.content.remove(message)
  await resultOf(alpha, 'im.message.add', { DIALOG_ID: 3, MESSAGE: '[b]Hello[/b],\n[url=/x/?params[id]=1]Sofia[/url]' })
  const chat = { id: 'chat2', chat_id: 2, type: 'chat', title: 'Logistics', message: null, date: /^2024-/ }
  const person = {
    id: 3,
    type: 'user',
    title: 'Sofia Rossi',
    message: { text: 'Hello, Sofia', author_id: 1 },
    user: { id: 3, name: 'Sofia Rossi', avatar: /photo-3/ }
  }
  t.match(await resultOf(alpha, 'im.recent.get'), [person, chat])
  t.match(await resultOf(alpha, 'im.recent.get', { SKIP_DIALOG: 'Y' }), [chat])
  t.match(await resultOf(alpha, 'im.recent.get', { SKIP_CHAT: 'Y' }), [person])
  t.match(await resultOf(alpha, 'im.recent.get', {}, alpha.users.employee), [chat], 'not those of others')
})
