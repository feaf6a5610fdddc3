import type { Portal } from '../../portal.ts'
import { page, type Page } from '../page.ts'
import { userFields } from '../people/user-fields.ts'
import { departmentOf, DEPARTMENTS, genderOf, photoPath, userRow } from '../people/user-row.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, pickFields, withPatterns } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

const scopes = ['user', 'user_basic', 'user_brief']

const rowsOf = (portal: Portal): Row[] => Object.values(portal.users).map(user => userRow(portal, user))

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

function get (call: RestCall): Page {
  return answer(call, filterRows(rowsOf(call.token.portal), withPatterns(filterOf(call))))
}

const SEARCHED = ['NAME', 'LAST_NAME', 'WORK_POSITION', 'UF_DEPARTMENT_NAME']

/** Finds people by how their names, positions and departments begin. */
function search (call: RestCall): Page {
  const rows = rowsOf(call.token.portal).map((row): Row => ({ ...row, UF_DEPARTMENT_NAME: departmentOf(row) }))
  const { FIND, ...others } = filterOf(call)
  const wanted = text(FIND).toLowerCase()
  const found = wanted
    ? rows.filter(row => SEARCHED.some(name => String(row[name]).toLowerCase().startsWith(wanted)))
    : filterRows(rows, Object.fromEntries(Object.entries(others).map(([name, value]) =>
      SEARCHED.includes(name) ? [`=%${name}`, `${text(value)}%`] : [name, value])))
  return answer(call, found.map(({ UF_DEPARTMENT_NAME: _name, ...row }) => row))
}

/** All parameters are conditions but SORT, which names the field to sort by although departments have a field SORT. */
function departments ({ params: { SORT, ORDER, START, ...conditions } }: RestCall): Page {
  return page(orderRows(filterRows([...DEPARTMENTS], conditions), { [text(SORT) || 'ID']: ORDER }), START)
}

/** Methods about people: profile, user.current, .admin, .fields, .get, .search; department.get. */
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
  'user.current': { scopes, run: ({ token: { portal, user } }) => userRow(portal, user) },
  'user.admin': { run: ({ token }) => token.user.admin },
  'user.fields': { scopes, run: ({ token: { portal } }) => userFields(portal.scope) },
  'user.get': { scopes, run: get },
  'user.search': { scopes, run: search },
  'department.get': { scopes: ['department', 'user'], run: departments }
}
