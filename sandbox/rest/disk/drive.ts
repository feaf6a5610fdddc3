import type { Entry } from '../../content.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import { RestError } from '../rest-error.ts'
import { text, texts } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { FILES } from '../tasks/attachments.ts'

/** A drive, with the number of its root folder. */
interface Storage { id: number, name: string, type: 'common' | 'user' | 'restapp', entityId: string }

/** Numbers of the drives. Each has the root folder with the same number. */
const COMMON = 1
const APPLICATION = 2
const OF_USERS = 10
/** When the drives were made. */
const CREATED = Date.UTC(2024, 6, 8)

/** The number of the drive of a user. */
export const ownDrive = ({ id }: SandboxUser): number => OF_USERS + id

/** The drives that a user sees: of the company, of the application, and his or her own. */
export const storagesOf = ({ content, state: { application } }: Portal, user: SandboxUser): Storage[] => [
  { id: COMMON, name: 'Company drive', type: 'common', entityId: 'shared_files_s1' },
  {
    id: APPLICATION,
    name: content.find('storage', APPLICATION)?.title ?? application.code,
    type: 'restapp',
    entityId: String(application.id)
  },
  { id: ownDrive(user), name: `${user.name} ${user.lastName}`, type: 'user', entityId: String(user.id) }
]

/** A drive as disk.storage.get shows it. */
export const storageRow = ({ id, name, type, entityId }: Storage): Row => ({
  ID: String(id),
  NAME: name,
  CODE: null,
  MODULE_ID: 'disk',
  ENTITY_TYPE: type,
  ENTITY_ID: entityId,
  ROOT_OBJECT_ID: String(id)
})

/** The parameter with this place among those of the method is missing. */
export const missingParameter = (index: number): RestError =>
  new RestError('ERROR_ARGUMENT', `Invalid value of parameter {Parameter #${index}}`)

function idOf ({ params }: RestCall, name: string, index: number): string {
  const id = text(params[name])
  if (id === '') throw missingParameter(index)
  return id
}

const notFound = (id: string): RestError => new RestError('ERROR_NOT_FOUND', `Could not find entity with id '${id}'.`)

/** The drive that the parameter `id` asks for. */
export function findStorage (call: RestCall): Storage {
  const id = idOf(call, 'ID', 0)
  const storage = storagesOf(call.token.portal, call.token.user).find(found => String(found.id) === id)
  if (!storage) throw notFound(id)
  return storage
}

/** The root folder of a drive: a portal keeps it as it does all folders, under the name of the drive. */
const rootFolder = ({ id, name }: Storage, { id: authorId }: SandboxUser): Entry => ({
  id, kind: 'file', parent: '', authorId, title: name, text: '', at: CREATED, fields: { TYPE: 'folder', STORAGE_ID: id }
})

/** The file or folder with this number; undefined for the root of a drive that the user does not see. */
export function objectOf (portal: Portal, user: SandboxUser, id: string): Entry | undefined {
  const storage = storagesOf(portal, user).find(found => String(found.id) === id)
  return storage ? rootFolder(storage, portal.users.admin) : portal.content.find('file', Number(id))
}

/** The file or folder that a parameter asks for; `index` is its place among those of the method. */
export function findObject (call: RestCall, wanted: 'file' | 'folder', name = 'ID', index = 0): Entry {
  const id = idOf(call, name, index)
  const { portal, user } = call.token
  const entry = objectOf(portal, user, id)
  if (entry?.fields.TYPE !== wanted) throw notFound(id)
  return entry
}

/** The attachment that `id` asks for, its file and what it is attached to. */
export function findAttachment (call: RestCall): { attachment: Entry, file: Entry, task: Entry } {
  const id = idOf(call, 'ID', 0)
  const { content } = call.token.portal
  const attachment = content.find('attachment', Number(id))
  const file = content.find('file', Number(attachment?.fields.OBJECT_ID))
  const task = content.list('task').find(({ fields }) => texts(fields[FILES]).includes(id))
  if (!attachment || !file || !task) throw notFound(id)
  return { attachment, file, task }
}

/** The version that a parameter asks for. */
export function findVersion (call: RestCall, name = 'ID', index = 0): Entry {
  const id = idOf(call, name, index)
  const version = call.token.portal.content.find('file-version', Number(id))
  if (!version) throw notFound(id)
  return version
}
