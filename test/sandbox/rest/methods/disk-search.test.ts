import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, sandboxFor } from '../../helper.ts'

const keep = ({ content }: Portal, id: number, TYPE: string, title: string, parent = '1', others: object = {}) =>
  content.add({
    kind: 'file', id, authorId: 1, parent, title, at: id, fields: { TYPE, STORAGE_ID: 1, CONTENT: '', ...others }
  })

await t.test('REST disk: disk.file.search finds by how words of names begin', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  keep(alpha, 101, 'folder', 'Reports')
  keep(alpha, 102, 'file', 'report-01.txt', '101', { UPDATED_AT: 900 })
  keep(alpha, 103, 'folder', 'Old reports', '101')
  keep(alpha, 104, 'file', 'The 2nd Report.txt', '103')
  keep(alpha, 105, 'file', 'report of Anna', '11', { STORAGE_ID: 11 })
  keep(alpha, 106, 'file', 'report of Emil', '12', { STORAGE_ID: 12 })
  keep(alpha, 107, 'file', 'report that is gone', '1', { DELETED_TYPE: 3 })
  const rows: Array<[params: Record<string, unknown>, expected: string[]]> = [
    [{ QUERY: 'report' }, ['102', '105', '104']],
    [{ QUERY: '  REP   TXT ', TYPE: 'file' }, ['102', '104']],
    [{ QUERY: 'report-01.txt' }, ['102']],
    [{ QUERY: 'report', TYPE: 'folder' }, ['103', '101']],
    [{ QUERY: 'report', TYPE: 'all', FILTER: { STORAGE_ID: 1 } }, ['102', '104', '103', '101']],
    [{ QUERY: 'report', TYPE: 'all', FILTER: { FOLDER_ID: '101' } }, ['102', '104', '103']],
    [{ QUERY: 'report', FILTER: { FOLDER_ID: 103, STORAGE_ID: '1' } }, ['104']],
    [{ QUERY: 'report', FILTER: { FOLDER_ID: 11 } }, ['105']],
    [{ QUERY: 'eport' }, []],
    [{ QUERY: '---' }, []],
    [{ QUERY: 'report', start: 1 }, ['105', '104']],
    [{ QUERY: 'report', start: -5 }, ['102', '105', '104']],
    [{ QUERY: 'report', start: 50 }, []]
  ]
  for (const [params, expected] of rows) {
    const { body } = await callRest(alpha, 'disk.file.search', params)
    t.strictSame(Object(body.result).map(({ ID }: { ID: string }) => ID), expected, JSON.stringify(params))
    t.notOk('next' in body || 'total' in body)
  }
})

await t.test('REST disk: disk.file.search goes on after each fifty, but not behind 1050', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (let id = 101; id < 1201; id++) keep(alpha, id, 'file', 'report')
  for (const [start, next] of [[0, 50], [10, 60], [999, 1049], [1000, undefined], [5000, undefined]]) {
    const { body } = await callRest(alpha, 'disk.file.search', { QUERY: 'report', start })
    t.equal(Object(body.result).length, 50)
    t.equal(body.next, next, String(start))
  }
})

await t.test('REST disk: disk.file.search refuses with the documented codes', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  keep(alpha, 101, 'folder', 'Reports', '11', { STORAGE_ID: 11 })
  keep(alpha, 102, 'folder', 'Gone', '1', { DELETED_TYPE: 3 })
  keep(alpha, 103, 'file', 'report')
  const QUERY = 'report'
  type Row = [params: Record<string, unknown>, code: string, description: string]
  const rows: Row[] = [
    [{}, 'ERROR_ARGUMENT', 'Invalid value of parameter { Parameter #0 [ <required> $QUERY ] }.'],
    ...['ab', 'a    ', 'a'.repeat(256), ['report']].map((query): Row =>
      [{ QUERY: query }, 'INVALID_QUERY', 'Search query is invalid. (INVALID_QUERY).']),
    [{ QUERY, TYPE: 'storage' }, 'INVALID_TYPE', 'Search result type is invalid. (INVALID_TYPE).'],
    [{ QUERY, FILTER: { NAME: 'a' } }, 'INVALID_FILTER',
      'Search filter contains an unknown field. (INVALID_FILTER).'],
    ...[{ STORAGE_ID: 12 }, { FOLDER_ID: 12 }, { FOLDER_ID: 9 }, { FOLDER_ID: 103 }, { FOLDER_ID: 102 },
      { FOLDER_ID: 101, STORAGE_ID: 1 }, 'all'].map((FILTER): Row =>
      [{ QUERY, FILTER }, 'NOT_FOUND', 'Search scope was not found. (NOT_FOUND).'])
  ]
  for (const [params, error, description] of rows) {
    t.strictSame(await callRest(alpha, 'disk.file.search', params),
      { status: 400, body: { error, error_description: description } }, JSON.stringify(params))
  }
})
