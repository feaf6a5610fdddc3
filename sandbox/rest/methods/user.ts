import type { SandboxUser } from '../../portal.ts'
import { page } from '../page.ts'
import type { RestMethods } from '../rest-method.ts'
import { text } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'

const scopes = ['user', 'user_basic', 'user_brief']

const userRow = (user: SandboxUser) => ({
  ID: String(user.id),
  ACTIVE: true,
  NAME: user.name,
  LAST_NAME: user.lastName,
  IS_ONLINE: 'Y',
  USER_TYPE: 'employee'
})

/** Methods about people: profile, user.current, user.admin, user.get. */
export const userMethods: RestMethods = {
  profile: {
    run: ({ token: { user } }) => ({
      ID: String(user.id),
      ADMIN: user.admin,
      NAME: user.name,
      LAST_NAME: user.lastName,
      PERSONAL_GENDER: '',
      TIME_ZONE: '',
      PERSONAL_PHOTO: ''
    })
  },
  'user.current': { scopes, run: ({ token: { user } }) => userRow(user) },
  'user.admin': { run: ({ token }) => token.user.admin },
  'user.get': {
    scopes,
    // Conditions stand in FILTER or, as in old code, among the parameters themselves.
    run ({ params, token: { portal } }) {
      const rows = filterRows(Object.values(portal.users).map(userRow), params.FILTER ?? params)
      return page(orderRows(rows, { [text(params.SORT) || 'ID']: params.ORDER }), params.START)
    }
  }
}
