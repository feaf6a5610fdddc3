import { dialogOf } from '../../dialog.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'

/** The chat of the whole company, in which only administrators write; and the one that the sandbox begins with. */
export const [GENERAL, LOGISTICS] = ['chat1', 'chat2']

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
  if (parent === undefined) throw new RestError('ACCESS_ERROR', 'You do not have access to the specified dialog', 403)
  const other = Object.values(portal.users).find(({ id }) => String(id) === name)
  const messages = portal.content.list('message', parent)
  const last = messages.at(-1)?.id ?? 0
  const owner = portal.users.admin.id
  return {
    // The same for both people of a private dialog.
    id: other === undefined ? Number(name.slice('chat'.length)) : 1000 + Number(parent.replace(':', '')),
    parent_chat_id: 0,
    parent_message_id: 0,
    // As on the page of the messenger.
    name: other !== undefined ? `${other.name} ${other.lastName}` : name === LOGISTICS ? 'Logistics' : name,
    description: '',
    owner: other === undefined ? owner : user.id,
    extranet: false,
    avatar: '',
    color: '#4ba984',
    type: other === undefined ? 'chat' : 'private',
    counter: 0,
    user_counter: other === undefined ? Object.keys(portal.users).length : 2,
    message_count: messages.length,
    unread_id: 0,
    restrictions: RESTRICTIONS,
    last_message_id: last,
    last_id: last,
    marked_id: 0,
    disk_folder_id: 0,
    entity_type: '',
    entity_id: '',
    entity_data_1: '',
    entity_data_2: '',
    entity_data_3: '',
    mute_list: [],
    date_create: '2024-07-15T00:00:00+00:00',
    message_type: other === undefined ? 'C' : 'P',
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
