import t from 'tap'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST im: a message is changed and removed by its author', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee } = alpha.users
  const id = await resultOf(alpha, 'im.message.add', { DIALOG_ID: 'chat2', MESSAGE: 'One' }, employee)
  const call = (name: string, params: object) =>
    resultOf(alpha, `im.message.${name}`, { MESSAGE_ID: id, ...params }, employee)
  const texts = () => alpha.content.list('message', 'chat2').slice(2).map(({ text }) => text)
  t.equal(await call('update', { MESSAGE: 'Two', KEYBOARD: 'N' }), true)
  t.equal(await call('update', { MENU: [{ TEXT: 'Open', LINK: '/' }] }), true)
  t.strictSame(texts(), ['Two'])
  const system = await resultOf(alpha, 'im.message.add', { DIALOG_ID: 'chat2', MESSAGE: 'a', SYSTEM: 'Y' }, employee)
  const rows: Array<[name: string, params: Record<string, unknown>, status: number, code: string]> = [
    ['update', { MESSAGE: 'x' }, 400, 'MESSAGE_ID_ERROR'],
    ['update', { MESSAGE_ID: id, ATTACH: 'x' }, 400, 'ATTACH_ERROR'],
    ['update', { MESSAGE_ID: system, MESSAGE: 'x' }, 403, 'CANT_EDIT_MESSAGE'],
    ['delete', { MESSAGE_ID: 2 }, 403, 'CANT_EDIT_MESSAGE'],
    ['delete', { ID: 999 }, 403, 'CANT_EDIT_MESSAGE']
  ]
  for (const [name, params, status, code] of rows) {
    t.strictSame(await failureOf(alpha, `im.message.${name}`, params, employee), [status, code], JSON.stringify(params))
  }
  t.equal(await call('update', { MESSAGE: '' }), true)
  t.match(texts(), [/a$/], 'a message without a text is gone')
  t.strictSame(await failureOf(alpha, 'im.message.delete', { MESSAGE_ID: id }, employee), [403, 'CANT_EDIT_MESSAGE'])
})

await t.test('REST im: the messages of a dialog are read from the latest on, before one, or after one', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const SYSTEM of ['Y', 'N']) {
    await resultOf(alpha, 'im.message.add', { DIALOG_ID: 'chat2', MESSAGE: 'x', SYSTEM }, alpha.users.employee)
  }
  const read = async (params: object = {}) => {
    const { messages, ...answer } = Object(await resultOf(alpha, 'im.dialog.messages.get',
      { DIALOG_ID: 'chat2', ...params }))
    return { ...answer, messages, ids: messages.map(({ id }: { id: number }) => id) }
  }
  t.match(await read(), { chat_id: 2, ids: [4, 3, 2, 1], files: [] })
  t.match(await read({ FIRST_ID: 2, LIMIT: 1 }), {
    ids: [3], messages: [{ author_id: 0, chat_id: 2, date: /^\d{4}-/ }], users: []
  })
  t.match(await read({ LAST_ID: 4, LIMIT: 1 }), { ids: [3] })
  t.match(await read({ FIRST_ID: 3 }), { messages: [{ id: 4, author_id: 2 }], users: [{ id: 2, name: 'Emil Novak' }] })
  const rows: Array<[params: Record<string, unknown>, status: number, code: string]> = [
    [{}, 400, 'DIALOG_ID_EMPTY'],
    [{ DIALOG_ID: 99 }, 403, 'ACCESS_ERROR'],
    [{ DIALOG_ID: 'chat2', FIRST_ID: 'x' }, 400, 'FIRST_ID_STRING'],
    [{ DIALOG_ID: 'chat2', LAST_ID: 'x' }, 400, 'LAST_ID_STRING']
  ]
  for (const [params, status, code] of rows) {
    t.strictSame(await failureOf(alpha, 'im.dialog.messages.get', params), [status, code], code)
  }
})

await t.test('REST im: a person is found by the number, the caller without one', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'im.user.get', {}, alpha.users.designer), { id: 3, gender: 'F', phones: {} })
  t.match(await resultOf(alpha, 'im.user.get', { ID: '2' }), { id: 2, work_position: 'Logistics manager' })
  t.strictSame(await failureOf(alpha, 'im.user.get', { ID: 'x' }), [400, 'ID_EMPTY'])
  t.strictSame(await failureOf(alpha, 'im.user.get', { ID: 99 }), [400, 'USER_NOT_EXISTS'])
})
