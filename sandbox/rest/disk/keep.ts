import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import type { Token } from '../../tokens.ts'
import { greatest } from '../greatest.ts'
import { RestError } from '../rest-error.ts'
import { isTrue } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'

/** Files and folders have numbers above those of root folders. */
const FIRST_OBJECT = 100

/** Whatever lies in a folder, which may be the root of a drive; also what is in the trash. */
const allIn = ({ content }: Portal, { id }: Pick<Entry, 'id'>): Entry[] => content.list('file', String(id))

/** The same without what is in the trash. */
export const childrenOf = (portal: Portal, folder: Pick<Entry, 'id'>): Entry[] =>
  allIn(portal, folder).filter(({ fields }) => !fields.DELETED_TYPE)

/** A file or folder with all that is in it, the outermost first. */
const wholeOf = (portal: Portal, entry: Entry): Entry[] =>
  [entry, ...allIn(portal, entry).flatMap(inner => wholeOf(portal, inner))]

/** Whether one folder is the other, or lies somewhere in it. */
export const isWithin = (portal: Portal, { id }: Entry, outer: Entry): boolean =>
  wholeOf(portal, outer).some(entry => entry.id === id)

/** A name that nothing else in the folder has. */
export function freeName (
  portal: Portal, folder: Pick<Entry, 'id'>, entry: Pick<Entry, 'title' | 'fields'> & { id?: number },
  isMadeUnique = false
): string {
  const { title: name, fields: { TYPE } } = entry
  const taken = childrenOf(portal, folder).filter(({ id }) => id !== entry.id).map(({ title }) => title)
  if (!taken.includes(name)) return name
  if (!isMadeUnique) throw new RestError('DISK_OBJ_22000', `A ${String(TYPE)} with this name already exists`)
  const [, stem = name, ending = ''] = /^(.+?)(\.[^.]*)?$/.exec(name) ?? []
  const count = taken.findIndex((_name, index) => !taken.includes(`${stem} (${index + 1})${ending}`)) + 1
  return `${stem} (${count})${ending}`
}

/** Keeps the content that a file has now as a version of it. */
function addVersion (portal: Portal, { id, title, fields: { CONTENT, VERSION } }: Entry, authorId: number): void {
  portal.content.add({ kind: 'file-version', parent: String(id), authorId, title, fields: { CONTENT, VERSION } })
}

/** Puts a file or folder into a folder. */
export function put (
  { params, token: { portal, user } }: RestCall, folder: Pick<Entry, 'id' | 'fields'>, title: string, content?: string
): Entry {
  const { STORAGE_ID } = folder.fields
  const fields = content === undefined
    ? { TYPE: 'folder', STORAGE_ID }
    : { TYPE: 'file', STORAGE_ID, CONTENT: content, VERSION: 1 }
  const added = portal.content.add({
    kind: 'file',
    id: greatest(portal.content.list('file').map(({ id }) => id), FIRST_OBJECT) + 1,
    authorId: user.id,
    parent: String(folder.id),
    title: freeName(portal, folder, { title, fields }, isTrue(params.GENERATEUNIQUENAME)),
    fields
  })
  if (content !== undefined) addVersion(portal, added, user.id)
  return added
}

/** Puts a copy of a file or folder into a folder, which may lie in what is copied. */
export function copy (call: RestCall, entry: Entry, folder: Entry): Entry {
  const whole = wholeOf(call.token.portal, entry)
  const copyInto = (into: Entry, { id, title, fields }: Entry): Entry => {
    const made = put(call, into, title, fields.TYPE === 'file' ? String(fields.CONTENT) : undefined)
    for (const inner of whole) {
      if (inner.parent === String(id) && !inner.fields.DELETED_TYPE) copyInto(made, inner)
    }
    return made
  }
  return copyInto(folder, entry)
}

/** Writes what somebody has changed about a file or folder, and when. */
export function change ({ portal, user }: Token, entry: Entry, changed: Partial<Entry>): Entry {
  const fields = { ...entry.fields, UPDATED_AT: Date.now(), UPDATED_BY: user.id, ...changed.fields }
  const after = { ...entry, ...changed, fields }
  portal.content.update(after)
  return after
}

/** Gives a file another content. */
export function addContent (token: Token, file: Entry, CONTENT: unknown): Entry {
  const VERSION = Number(file.fields.VERSION ?? 1) + 1
  const after = change(token, file, { fields: { CONTENT, VERSION } })
  addVersion(token.portal, after, token.user.id)
  return after
}

/** Moves a file or folder to the trash. What is in it says that it is there because of the folder. */
export function throwAway ({ portal, user }: Token, entry: Entry): Entry {
  const thrown = { DELETED_AT: Date.now(), DELETED_BY: user.id }
  const after = { ...entry, fields: { ...entry.fields, ...thrown, DELETED_TYPE: 3 } }
  for (const inner of wholeOf(portal, entry)) {
    if (!inner.fields.DELETED_TYPE) portal.content.update({ ...inner, fields: { ...inner.fields, DELETED_TYPE: 4 } })
  }
  portal.content.update(after)
  return after
}

/** Takes a file or folder out of the trash, with what went there because of it. */
export function takeBack (token: Token, entry: Entry): Entry {
  const { portal } = token
  for (const inner of wholeOf(portal, entry)) {
    const { DELETED_TYPE, ...fields } = inner.fields
    if (DELETED_TYPE === 4) portal.content.update({ ...inner, fields })
  }
  const title = freeName(portal, { id: Number(entry.parent) }, entry, true)
  return change(token, entry, { title, fields: { DELETED_TYPE: 0 } })
}

/** Files and folders are removed with everything that is in them, and with their versions. */
export function remove ({ token: { portal } }: RestCall, removed: Entry): true {
  for (const entry of wholeOf(portal, removed)) {
    for (const version of portal.content.list('file-version', String(entry.id))) portal.content.remove(version)
    portal.content.remove(entry)
  }
  return true
}
