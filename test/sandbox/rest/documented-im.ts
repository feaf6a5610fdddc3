import { keep, type Row } from './documented.ts'

const numbers = (...names: string[]): string[] =>
  names.map(name => `.result.${name}: number, documented is string`)

const chat = (...USERS: number[]) => keep({ kind: 'chat', id: 2935, authorId: 1, title: 'Chat', fields: { USERS } })

/** Dialogs, messages, people and notifications. */
export const imRows: Row[] = [
  {
    name: 'im.recent.get',
    seed ({ content }) {
      content.add({ kind: 'message', parent: '1:2', authorId: 2, text: '1', at: Date.now() + 60_000 })
    },
    // The example is of 2017, when numbers were texts.
    differs: [
      ...numbers('id', 'message.id', 'message.author_id', 'counter', 'user.id'),
      ...['mobile_last_date', 'absent'].map(name => `.result.user.${name}: boolean, documented is string`),
      ...numbers('message.id', 'message.author_id', 'counter', 'chat.id', 'chat.owner'),
      '.result.chat_id: not documented'
    ]
  },
  { name: 'im.dialog.get', params: { DIALOG_ID: 'chat2' } },
  { name: 'im.message.add', params: { DIALOG_ID: 'chat2', REPLY_ID: 1 } },
  { name: 'im.dialog.messages.get', params: { DIALOG_ID: 'chat2', FIRST_ID: 0 } },
  { name: 'im.message.update', seed: keep({ kind: 'message', id: 34239, authorId: 1, parent: '1:4' }), own: [] },
  { name: 'im.message.delete', seed: keep({ kind: 'message', id: 1, authorId: 1, parent: '1:4' }), own: [] },
  // The example is of 2018, when a person had fewer fields.
  { name: 'im.user.get', params: { ID: 2 }, isPart: true },
  { name: 'im.chat.add' },
  { name: 'im.chat.get', own: ['ID'] },
  { name: 'im.chat.user.list', seed: chat(1, 2, 3), own: ['0', '1', '2'] },
  { name: 'im.chat.user.add', seed: chat(1), own: [] },
  { name: 'im.chat.user.delete', seed: chat(1, 2), params: { USER_ID: 2 }, own: [] },
  { name: 'im.chat.setowner', seed: chat(1, 2), params: { USER_ID: 2 }, own: [] },
  { name: 'im.chat.updatetitle', seed: chat(1), own: [] },
  { name: 'im.chat.leave', seed: chat(1), own: [] },
  { name: 'im.notify.personal.add', params: { USER_ID: 2 } },
  { name: 'im.notify.system.add', params: { USER_ID: 2 } }
]
