import type { RestMethods } from '../rest-method.ts'

/** Methods about the user who calls: profile, user.current, user.admin. */
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
  'user.current': {
    scopes: ['user', 'user_basic', 'user_brief'],
    run: ({ token: { user } }) => ({
      ID: String(user.id),
      ACTIVE: true,
      NAME: user.name,
      LAST_NAME: user.lastName,
      IS_ONLINE: 'Y',
      USER_TYPE: 'employee'
    })
  },
  'user.admin': { run: ({ token }) => token.user.admin }
}
