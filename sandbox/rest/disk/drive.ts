import type { Entry } from '../../content.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import { greatest } from '../greatest.ts'
import { RestError } from '../rest-error.ts'
import { isTrue, map, text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

/** A drive, with the number of its root folder. */
interface Storage { id: number, name: string, type: 'common' | 'user' | 'restapp', entityId: string }

/** Numbers of the drives. Each has the root folder with the same number. */
const COMMON = 1
const APPLICATION = 2
const OF_USERS = 10
/** When the drives were made. */
const CREATED = Date.UTC(2024, 6, 8)
/** Files and folders have numbers above those of root folders. */
const FIRST_OBJECT = 100

/** The number of the drive of a user. */
export const ownDrive = ({ id }: SandboxUser): number => OF_USERS + id

/** The drives that a user sees: of the company, of the application, and his or her own. */
export const storagesOf = (portal: Portal, user: SandboxUser): Storage[] => [
  { id: COMMON, name: 'Company drive', type: 'common', entityId: 'shared_files_s1' },
  { id: APPLICATION, name: portal.state.application.name, type: 'restapp', entityId: portal.state.application.code },
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

/**
 * The number in the parameter `id`.
 *
 * @throws RestError without one
 */
function idOf ({ params }: RestCall): number {
  const id = Number(text(params.ID))
  if (!(id > 0)) throw new RestError('ERROR_ARGUMENT', 'Invalid value of parameter {Parameter #0}')
  return id
}

const notFound = (id: number): RestError =>
  new RestError('ERROR_NOT_FOUND', `Could not find entity with id \`${id}\``)

/** The drive that the parameter `id` asks for. */
export function findStorage (call: RestCall): Storage {
  const id = idOf(call)
  const storage = storagesOf(call.token.portal, call.token.user).find(found => found.id === id)
  if (!storage) throw notFound(id)
  return storage
}

/** The root folder of a drive: a portal keeps it as it does all folders, under the name of the drive. */
const rootFolder = ({ id, name }: Storage, { id: authorId }: SandboxUser): Entry => ({
  id, kind: 'file', parent: '', authorId, title: name, text: '', at: CREATED, fields: { TYPE: 'folder', STORAGE_ID: id }
})

/** The file or folder that the parameter `id` asks for. */
export function findObject (call: RestCall, wanted: 'file' | 'folder'): Entry {
  const id = idOf(call)
  const { portal, user } = call.token
  const storage = storagesOf(portal, user).find(found => found.id === id)
  const entry = storage ? rootFolder(storage, portal.users.admin) : portal.content.find('file', id)
  if (entry?.fields.TYPE !== wanted) throw notFound(id)
  return entry
}

/** Whatever lies in a folder, which may be the root of a drive. */
export const childrenOf = (portal: Portal, folder: number): Entry[] => portal.content.list('file', String(folder))

/** A name that nothing else in the folder has. */
function freeName (taken: string[], name: string, isMadeUnique: boolean): string {
  if (!taken.includes(name)) return name
  if (!isMadeUnique) throw new RestError('DISK_OBJ_22000', 'An object with this name already exists')
  const [, stem = name, ending = ''] = /^(.+?)(\.[^.]*)?$/.exec(name) ?? []
  const count = taken.findIndex((_name, index) => !taken.includes(`${stem} (${index + 1})${ending}`)) + 1
  return `${stem} (${count})${ending}`
}

/** Puts a file or folder into a folder. */
export function put (
  { params, token: { portal, user } }: RestCall, folder: number, storageId: number, name: string, content?: string
): Entry {
  if (!name) throw new RestError('ERROR_ARGUMENT', 'Invalid value of parameter {Parameter #1}')
  const ids = portal.content.list('file').map(({ id }) => id)
  return portal.content.add({
    kind: 'file',
    id: greatest(ids, FIRST_OBJECT) + 1,
    authorId: user.id,
    parent: String(folder),
    title: freeName(childrenOf(portal, folder).map(({ title }) => title), name, isTrue(params.GENERATEUNIQUENAME)),
    fields: content === undefined
      ? { TYPE: 'folder', STORAGE_ID: storageId }
      : { TYPE: 'file', STORAGE_ID: storageId, CONTENT: content }
  })
}

/** Name and content in base64 of the file in `fileContent`: the content alone, or name and content. */
export function sentFile ({ params }: RestCall): { name: string, content: string } {
  const { NAME } = map(params.DATA)
  const [first, second] = typeof params.FILECONTENT === 'object' ? Object.values(map(params.FILECONTENT)) : []
  return { name: text(NAME) || text(first), content: text(second ?? first ?? params.FILECONTENT) }
}
