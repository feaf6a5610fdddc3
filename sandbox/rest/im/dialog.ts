import type { NewEntry } from '../../content.ts'
import { chatNamed, dialogOf, membersOf } from '../../dialog.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import { isoTime } from '../timing.ts'

/** The chat of the whole company, in which only administrators write; and the one that the sandbox begins with. */
export const [GENERAL, LOGISTICS] = ['chat1', 'chat2']

/** When the dialogs began that nobody has made by REST. */
const FOUNDED = Date.UTC(2024, 6, 15)

export const chatExamples: readonly NewEntry[] = ['General chat', 'Logistics'].map((title): NewEntry =>
  ({ kind: 'chat', authorId: 1, title, at: FOUNDED }))

/** Somebody may not do that, or there is nothing to do it with. */
export const accessError = (description = 'Action unavailable'): RestError =>
  new RestError('ACCESS_ERROR', description, 403)

const RESTRICTIONS = {
  avatar: true,
  rename: true,
  extend: true,
  call: true,
  mute: true,
  leave: true,
  leave_owner: true,
  send: true,
  user_list: true,
  path: '',
  path_title: ''
}
const PERMISSIONS = {
  manage_users_add: 'member',
  manage_users_delete: 'manager',
  manage_ui: 'member',
  manage_settings: 'owner',
  manage_messages: 'member',
  can_post: 'member'
}

/** The dialog that DIALOG_ID names, as the caller knows it. */
export function dialog ({ params, token: { portal, user } }: RestCall) {
  const name = text(params.DIALOG_ID)
  if (!name) throw new RestError('DIALOG_ID_EMPTY', "Dialog ID can't be empty")
  const parent = dialogOf(portal, user, name)
  if (parent === undefined) throw accessError('You do not have access to the specified dialog')
  const other = portal.people.find(({ id }) => String(id) === name)
  const messages = portal.content.list('message', parent)
  const last = messages.at(-1)?.id ?? 0
  const chat = other === undefined ? chatNamed(portal, name) : undefined
  const { DESCRIPTION = '', ENTITY_TYPE = '', ENTITY_ID = '', TYPE } = chat?.fields ?? {}
  const owner = chat?.authorId ?? portal.users.admin.id
  return {
    // The same for both people of a private dialog.
    id: other === undefined ? Number(name.slice('chat'.length)) : 1000 + Number(parent.replace(':', '')),
    parent_chat_id: 0,
    parent_message_id: 0,
    // As on the page of the messenger.
    name: other ? `${other.name} ${other.lastName}` : chat?.title ?? name,
    description: DESCRIPTION,
    owner: other === undefined ? owner : user.id,
    extranet: false,
    avatar: '',
    color: '#4ba984',
    type: other ? 'private' : TYPE === 'OPEN' ? 'open' : 'chat',
    counter: 0,
    user_counter: other ? 2 : chat ? membersOf(portal, chat).length : portal.people.length,
    message_count: messages.length,
    unread_id: 0,
    restrictions: RESTRICTIONS,
    last_message_id: last,
    last_id: last,
    marked_id: 0,
    disk_folder_id: 0,
    entity_type: ENTITY_TYPE,
    entity_id: ENTITY_ID,
    entity_data_1: '',
    entity_data_2: '',
    entity_data_3: '',
    mute_list: [],
    date_create: isoTime(chat?.at ?? FOUNDED),
    message_type: other ? 'P' : TYPE === 'OPEN' ? 'O' : 'C',
    public: '',
    role: other !== undefined || user.id === owner ? 'owner' : 'member',
    entity_link: { type: '', url: '', id: '' },
    text_field_enabled: true,
    background_id: null,
    permissions: PERMISSIONS,
    is_new: false,
    readed_list: [],
    manager_list: other === undefined ? [owner] : [],
    last_message_views: { message_id: last, first_viewers: [], count_of_viewers: 0 },
    dialog_id: name
  }
}
