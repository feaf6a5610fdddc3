import t from 'tap'
import { createI18n } from '../../../plugins/page/i18n.ts'
import { accessTrouble, type TroubleViewer } from '../../../plugins/tokens/access-trouble.ts'

const now = 1000
const tokens = { accessToken: 'a', refreshToken: 'b', expiresAt: 0 }
const admin: TroubleViewer = { isAdmin: true, bringsToken: true }
const employee: TroubleViewer = { isAdmin: false, bringsToken: true }
const { t: text } = createI18n().resolve('en')

/** What stands on the page when a refresh ended with this code. */
function said (code: string, viewer = employee, nextTryAt = 0) {
  const trouble = accessTrouble({ tokens, refresh: { code, at: 0, attempts: 1, nextTryAt } }, viewer, now)
  return trouble && { ...trouble, text: text(trouble.text), todo: text(trouble.todo) }
}

await t.test('there is no trouble while nothing speaks against a refresh, or what does passes by itself', async t => {
  t.equal(accessTrouble({ tokens, refresh: null }, admin, now), undefined)
  for (const code of ['unavailable', 'failed', 'unreadable']) t.equal(said(code), undefined, code)
})

await t.test('without tokens an administrator is told to install again, others to ask one', async t => {
  for (const installation of [undefined, { tokens: null, refresh: null }, { tokens: null, refresh: { code: 'unavailable', at: 0, attempts: 1, nextTryAt: 0 } }]) {
    t.match(accessTrouble(installation, admin, now), { text: 'error.tokens-missing.text', todo: 'home.trouble.reinstall' })
    t.match(accessTrouble(installation, employee, now), { todo: 'error.tokens-missing.todo' })
  }
})

await t.test('lost tokens come back with an administrator whose call brings a refresh token', async t => {
  t.match(said('lost', admin, now + 1), { text: /has lost its access/, todo: /being restored right now. Reload/, code: undefined, nextTryAt: undefined })
  t.match(said('lost', { isAdmin: true, bringsToken: false })?.todo, 'Install the application again.')
  t.match(said('lost', employee)?.todo, /Ask an administrator .* to open the application once/)
})

await t.test('a reason that is known is said in words with the next step, any other with its code', async t => {
  const rows: Array<[code: string, text: RegExp, admin: RegExp, employee: RegExp]> = [
    ['payment_required', /subscription or trial period .* has ended/, /^Refresh the subscription/, /Ask an administrator to refresh/],
    ['not_installed', /not installed .* or its installation is not complete/, /^Install the application again/, /Ask an administrator to install/],
    ['wrong_client', /does not accept the secret/, /whoever runs .* B24_CLIENT_SECRET/, /whoever runs .* B24_CLIENT_SECRET/],
    ['invalid_client', /does not accept the secret/, /whoever runs .* B24_CLIENT_SECRET/, /whoever runs .* B24_CLIENT_SECRET/]
  ]
  for (const [code, text, asAdmin, asEmployee] of rows) {
    t.match(said(code, admin), { text, todo: asAdmin, code: undefined }, code)
    t.match(said(code, employee), { text, todo: asEmployee, code: undefined }, code)
  }
  for (const code of ['server_not_allowed', 'constructor']) {
    for (const viewer of [admin, employee]) t.match(said(code, viewer), { text: /does not refresh/, todo: /Tell whoever runs the application this code/, code })
  }
})

await t.test('the next try is named when it is yet to come, and will come', async t => {
  for (const [nextTryAt, expected] of [[now, undefined], [now + 1, now + 1], [Infinity, undefined]] as const) {
    for (const code of ['payment_required', 'server_not_allowed']) t.equal(said(code, employee, nextTryAt)?.nextTryAt, expected)
  }
})
