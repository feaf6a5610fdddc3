import type { Portal } from '../../../sandbox/index.ts'
import { all, keep, type Row } from './documented.ts'

const object = (id: number, TYPE: string, title = String(id), parent = '1') => keep({
  kind: 'file', id, authorId: 1, parent, title, fields: { TYPE, STORAGE_ID: 1, CONTENT: '' }
})
const version = (id: number) => keep({
  kind: 'file-version', id, authorId: 1, parent: '9043', title: 'test.docx', fields: { VERSION: 1, CONTENT: '' }
})
const folders = (...names: string[]) => (portal: Portal): void => {
  for (const [index, name] of names.entries()) object(8960 + index, 'folder', name)(portal)
}

export const diskRows: Row[] = [
  { name: 'disk.storage.get', params: { id: 11 } },
  { name: 'disk.file.delete', seed: object(9035, 'file'), own: [] },
  { name: 'disk.folder.deletetree', seed: object(8942, 'folder'), own: [] },
  { name: 'disk.file.get', seed: object(9043, 'file') },
  { name: 'disk.folder.get', seed: object(8930, 'folder') },
  {
    name: 'disk.folder.getchildren',
    seed (portal) {
      object(8907, 'folder')(portal)
      object(8931, 'folder', 'Folder in a folder', '8907')(portal)
    }
  },
  { name: 'disk.folder.addsubfolder', seed: object(8907, 'folder') },
  { name: 'disk.folder.uploadfile', params: { id: 1 } },
  { name: 'disk.storage.addfolder', params: { id: 1 } },
  {
    name: 'disk.storage.getchildren',
    seed: folders('Папка', 'Новая папка', 'Папка в папке'),
    params: { id: 1 },
    own: ['ID', 'REAL_OBJECT_ID', 'STORAGE_ID', 'PARENT_ID', 'CREATE_TIME', 'UPDATE_TIME', 'CREATED_BY', 'UPDATED_BY',
      'DELETED_BY', 'DETAIL_URL']
  },
  { name: 'disk.storage.uploadfile', params: { id: 1 } },
  { name: 'disk.storage.getlist', params: { filter: {} } },
  { name: 'disk.storage.getforapp' },
  { name: 'disk.storage.rename', params: { id: 2 }, own: ['ID', 'ENTITY_ID', 'ROOT_OBJECT_ID'] },
  { name: 'disk.storage.gettypes', own: [] },
  { name: 'disk.file.rename', seed: object(8964, 'file') },
  { name: 'disk.file.moveto', seed: all(object(8964, 'file', 'Image.png'), object(9023, 'folder')) },
  { name: 'disk.file.copyto', seed: all(object(9035, 'file'), object(8930, 'folder')) },
  { name: 'disk.file.markdeleted', seed: object(9037, 'file') },
  { name: 'disk.file.restore', seed: object(9037, 'file') },
  { name: 'disk.file.uploadversion', seed: object(9043, 'file') },
  { name: 'disk.file.getversions', seed: all(object(9043, 'file'), version(7201), version(7199)) },
  { name: 'disk.file.restorefromversion', seed: all(object(9043, 'file'), version(7199)) },
  {
    name: 'disk.attachedobject.get',
    seed: all(object(8903, 'file', 'Picture.png'),
      keep({ kind: 'attachment', id: 495, authorId: 1, fields: { OBJECT_ID: 8903 } }),
      keep({ kind: 'task', id: 3845, authorId: 1, fields: { UF_TASK_WEBDAV_FILES: [495] } })),
    own: ['CREATE_TIME', 'CREATED_BY', 'DOWNLOAD_URL', 'SIZE']
  },
  { name: 'disk.version.get', seed: version(7169) },
  ...['storage', 'folder', 'file'].map((type): Row => ({ name: `disk.${type}.getfields`, own: [] })),
  { name: 'disk.file.getexternallink', seed: object(8964, 'file') },
  { name: 'disk.folder.getexternallink', seed: object(8930, 'folder') },
  { name: 'disk.folder.sharetouser', seed: object(8994, 'folder'), own: [] },
  {
    name: 'disk.file.search',
    // The last changed comes first.
    seed: all(object(1277, 'file', 'Klaus Weber - Software Testing.pdf'),
      object(1739, 'folder', 'New Folder for Process Testing'))
  },
  { name: 'disk.folder.rename', seed: object(8968, 'folder') },
  { name: 'disk.folder.moveto', seed: all(object(8968, 'folder'), object(8907, 'folder')) },
  { name: 'disk.folder.copyto', seed: all(object(8930, 'folder'), object(8895, 'folder')) },
  { name: 'disk.folder.markdeleted', seed: object(8996, 'folder') },
  { name: 'disk.folder.restore', seed: object(8996, 'folder') }
]
