import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST calendar section: a user has a calendar, and gets more of them', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const owner = { type: 'user', ownerId: 2 }
  t.match(await resultOf(alpha, 'calendar.section.get', { type: 'user' }), [{ ID: '1', OWNER_ID: '1' }])
  t.match(await resultOf(alpha, 'calendar.section.get', { type: 'group', ownerId: 5 }), [])
  const id = await resultOf(alpha, 'calendar.section.add', { ...owner, name: 'Trucks', export: { ALLOW: false } })
  const section = { ID: String(id), NAME: 'Trucks', DESCRIPTION: '', EXPORT: { ALLOW: false }, CREATED_BY: '1' }
  t.match(await resultOf(alpha, 'calendar.section.get', owner), [{ ID: '2', NAME: 'Emil Novak' }, section])
  t.equal(await resultOf(alpha, 'calendar.section.update', { ...owner, id, color: '#283099', text_color: '#fff' }), id)
  t.match(await resultOf(alpha, 'calendar.section.get', owner),
    [{ ID: '2' }, { ...section, COLOR: '#283099', TEXT_COLOR: '#fff' }])
  t.equal(await resultOf(alpha, 'calendar.section.add', { type: 'user', name: 'Mine' }), Number(id) + 1)

  const required = (name: string, method: string): string =>
    `The required parameter "${name}" for the method "calendar.section.${method}" is not set`
  const rows: Array<[name: string, params: Record<string, unknown>, text: string]> = [
    ['get', {}, required('type', 'get')],
    ['get', { type: 'group' }, required('ownerId', 'get')],
    ['add', { ...owner }, required('name', 'add')],
    ['add', { ...owner, name: '' }, 'Invalid value for the "name" parameter'],
    ['update', { ...owner }, 'Section ID is not set'],
    ['update', { ...owner, id, description: ['x'] }, 'Invalid value for the "description" parameter'],
    ['delete', { ...owner, ownerId: 3, id }, 'Access denied']
  ]
  for (const [name, params, text] of rows) {
    t.match(await callRest(alpha, `calendar.section.${name}`, params),
      { status: 400, body: { error: '', error_description: text } }, text)
  }
  t.equal(await resultOf(alpha, 'calendar.section.delete', { ...owner, id }), true)
  t.match(await resultOf(alpha, 'calendar.section.get', owner), { length: 1 })
})
