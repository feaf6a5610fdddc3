import type { Portal } from '../../portal.ts'
import { page, type Page } from '../page.ts'
import { userFields } from '../people/user-fields.ts'
import { genderOf, photoPath, userRow } from '../people/user-row.ts'
import { map, numbers, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, pickFields, withPatterns } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

const scopes = ['user', 'user_basic', 'user_brief']

const rowsOf = (portal: Portal): Row[] => portal.people.map(user => userRow(portal, user))

/** Only the fields that were asked for; `*` stands for all of them, `UF_*` for the custom ones. */
function pick (row: Row, select: unknown): Row {
  const names = Object.values(map(select))
  return pickFields(row, names.length === 0
    ? undefined
    : names.flatMap(name => name === 'UF_*' ? Object.keys(row).filter(key => key.startsWith('UF_')) : [name]))
}

const answer = ({ params }: RestCall, rows: Row[]): Page => page(
  orderRows(rows, { [text(params.SORT) || 'ID']: params.ORDER }), params.START,
  found => found.map(row => pick(row, params.SELECT)))

/** Conditions stand in FILTER or, as in old code, among the parameters themselves. */
const filterOf = ({ params }: RestCall): Row => map(params.FILTER ?? params)

const SEARCHED = ['NAME', 'LAST_NAME', 'SECOND_NAME', 'WORK_POSITION', 'UF_DEPARTMENT_NAME']

const wordsOf = (given: unknown): string[] => text(given).toLowerCase().split(/\s+/).filter(Boolean)

/** The people in whose names, positions and departments each of the words begins a word. */
const findPeople = (rows: Row[], wanted: unknown): Row[] => rows.filter(row => {
  const words = SEARCHED.flatMap(name => wordsOf(row[name]))
  return wordsOf(wanted).every(start => words.some(word => word.startsWith(start)))
})

/** People with the name of their department, which the answer does not have. */
const namedRows = (portal: Portal): Row[] =>
  rowsOf(portal).map(row => ({
    ...row, UF_DEPARTMENT_NAME: portal.content.find('department', numbers(row.UF_DEPARTMENT)[0] ?? 0)?.title
  }))

const unnamed = ({ UF_DEPARTMENT_NAME: _name, ...row }: Row): Row => row

function get (call: RestCall): Page {
  const { NAME_SEARCH, ...conditions } = filterOf(call)
  const rows = findPeople(namedRows(call.token.portal), NAME_SEARCH).map(unnamed)
  return answer(call, filterRows(rows, withPatterns(conditions)))
}

/** Finds people by how their names, positions and departments begin. */
function search (call: RestCall): Page {
  const rows = namedRows(call.token.portal)
  const { FIND, ...others } = filterOf(call)
  const found = text(FIND)
    ? findPeople(rows, FIND)
    : filterRows(rows, Object.fromEntries(Object.entries(others).map(([name, value]) =>
      SEARCHED.includes(name) ? [`=%${name}`, `${text(value)}%`] : [name, value])))
  return answer(call, found.map(unnamed))
}

/** Methods about people: profile, user.current, .admin, .fields, .get, .search. */
export const userMethods: RestMethods = {
  profile: {
    run: ({ token: { portal, user } }) => ({
      ID: String(user.id),
      ADMIN: user.admin,
      NAME: user.name,
      LAST_NAME: user.lastName,
      PERSONAL_GENDER: genderOf(user),
      TIME_ZONE: '',
      PERSONAL_PHOTO: portal.url + photoPath(user)
    })
  },
  'user.current': {
    scopes,
    // Of this moment alone the method tells as the database has it.
    run: ({ token: { portal, user } }) => ({ ...userRow(portal, user), LAST_ACTIVITY_DATE: '2026-01-12 08:00:00' })
  },
  'user.admin': { run: ({ token }) => token.user.admin },
  'user.fields': { scopes, run: ({ token: { portal } }) => userFields(portal.scope) },
  'user.get': { scopes, run: get },
  'user.search': { scopes, run: search }
}
