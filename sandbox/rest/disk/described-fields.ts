import type { Row } from '../select-rows.ts'

type Field = [name: string, type: 'integer' | 'string' | 'enum' | 'datetime', isFiltered: boolean]

const OF_ALL: Field[] = [['ID', 'integer', true], ['NAME', 'string', true], ['CODE', 'string', true]]
const OF_OBJECTS: Field[] = [
  ...OF_ALL,
  ['TYPE', 'enum', true],
  ['STORAGE_ID', 'integer', true],
  ['PARENT_ID', 'integer', true],
  ['CREATE_TIME', 'datetime', true],
  ['UPDATE_TIME', 'datetime', true],
  ['DELETE_TIME', 'datetime', true],
  ['CREATED_BY', 'integer', false],
  ['UPDATED_BY', 'integer', false],
  ['DELETED_BY', 'integer', false],
  ['DELETED_TYPE', 'enum', true]
]

const described = (fields: Field[]): Row => Object.fromEntries(fields.map(([name, TYPE, USE_IN_FILTER]) =>
  [name, { TYPE, USE_IN_FILTER, USE_IN_SHOW: true }]))

/** What disk.storage.getfields, disk.folder.getfields and disk.file.getfields answer. */
export const describedFields: Record<'storage' | 'folder' | 'file', Row> = {
  storage: described([
    ...OF_ALL, ['MODULE_ID', 'string', false], ['ENTITY_TYPE', 'string', true], ['ENTITY_ID', 'string', true],
    ['ROOT_OBJECT_ID', 'integer', false]
  ]),
  folder: described([...OF_OBJECTS, ['REAL_OBJECT_ID', 'integer', false]]),
  file: described([
    ...OF_OBJECTS, ['GLOBAL_CONTENT_VERSION', 'integer', false], ['FILE_ID', 'integer', false],
    ['SIZE', 'integer', false]
  ])
}
