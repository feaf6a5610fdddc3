import { join } from 'node:path'
import t from 'tap'
import { createI18n } from '../../../plugins/page/i18n.ts'
import type { RefreshState } from '../../../src/store/installation-store.ts'
import {
  accessTrouble, isPaused, stateAfter, stateAfterCall, type TroubleViewer
} from '../../../plugins/tokens/refresh-state.ts'

const minute = 60_000
const tokens = { accessToken: 'a', refreshToken: 'r', expiresAt: 0 }
const stateOf = (changes: Partial<RefreshState> = {}): RefreshState =>
  ({ code: 'payment_required', at: 0, attempts: 5, nextTryAt: 720 * minute, ...changes })

await t.test('stateAfter: asks within minutes again what is wrong for all portals', async t => {
  for (const error of ['invalid_client', 'wrong_client', 'server_not_allowed', 'failed']) {
    let state: RefreshState | null = null
    const pauses: number[] = []
    for (let n = 0; n < 5; n++) {
      state = stateAfter(error, state, 0)
      pauses.push(state.nextTryAt / minute)
    }
    t.strictSame(pauses, [1, 2, 5, 5, 5], error)
  }
})

await t.test('isPaused: ends with its time, for a pair that can be read, and where a clock was far ahead', async t => {
  const rows: Array<[refresh: RefreshState | null, pair: typeof tokens | null, expected: boolean]> = [
    [null, tokens, false],
    [stateOf(), tokens, true],
    [stateOf({ nextTryAt: 100 }), tokens, false],
    [stateOf({ at: 5 * minute + 100 }), tokens, true],
    [stateOf({ at: 5 * minute + 101 }), tokens, false],
    [stateOf({ code: 'unreadable' }), null, true],
    [stateOf({ code: 'unreadable' }), tokens, false]
  ]
  for (const [refresh, pair, expected] of rows) {
    t.equal(isPaused({ refresh, tokens: pair }, 100), expected, JSON.stringify(refresh))
  }
})

await t.test('stateAfterCall: allows a try every five minutes unless it is lost', async t => {
  const rows: Array<[refresh: RefreshState | null, now: number, isTried: boolean]> = [
    [null, 5 * minute, false],
    [stateOf(), 5 * minute - 1, false],
    [stateOf(), 5 * minute, true],
    [stateOf({ at: 60 * minute }), 0, true],
    [stateOf({ code: 'not_installed' }), 5 * minute, true],
    [stateOf({ nextTryAt: 5 * minute }), 5 * minute, false],
    [stateOf({ code: 'lost', nextTryAt: Infinity }), 5 * minute, false],
    [stateOf({ code: 'unreadable' }), 5 * minute, false]
  ]
  for (const [refresh, now, isTried] of rows) {
    t.strictSame(stateAfterCall(refresh, now), isTried ? { ...refresh, nextTryAt: now } : undefined, JSON.stringify([
      refresh, now
    ]))
  }
})

const now = 1000
const admin: TroubleViewer = { isAdmin: true, bringsToken: true }
const employee: TroubleViewer = { isAdmin: false, bringsToken: true }
const i18n = createI18n()
for (const folder of ['plugins/error-pages', 'routes/placements']) {
  i18n.add(join(import.meta.dirname, '../../..', folder, 'locales'))
}
const { t: text } = i18n.resolve('en')

/** What stands on the page when a refresh ended with this code. */
function said (code: string, viewer = employee, nextTryAt = 0) {
  const trouble = accessTrouble({ tokens, refresh: { code, at: 0, attempts: 1, nextTryAt } }, viewer, now)
  return trouble && { ...trouble, text: text(trouble.text), todo: text(trouble.todo) }
}

await t.test('accessTrouble: is undefined when all is well, or will be', async t => {
  t.equal(accessTrouble({ tokens, refresh: null }, admin, now), undefined)
  for (const code of ['unavailable', 'failed', 'unreadable']) t.equal(said(code), undefined, code)
})

await t.test('accessTrouble: tells who can install again when there are no tokens', async t => {
  for (const installation of [
    undefined,
    { tokens: null, refresh: null },
    { tokens: null, refresh: { code: 'unavailable', at: 0, attempts: 1, nextTryAt: 0 } }
  ]) {
    t.match(accessTrouble(installation, admin, now), {
      text: 'error.tokens-missing.text', todo: 'home.trouble.reinstall'
    })
    t.match(accessTrouble(installation, employee, now), { todo: 'error.tokens-missing.todo' })
  }
})

await t.test('accessTrouble: waits for the recovery that a call has begun', async t => {
  t.match(said('lost', admin, now + 1), {
    text: /has lost its access/, todo: /being restored right now. Reload/, code: undefined, nextTryAt: undefined
  })
  t.match(said('lost', { isAdmin: true, bringsToken: false })?.todo, 'Install the application again.')
  t.match(said('lost', employee)?.todo, /Ask an administrator .* to open the application once/)
})

await t.test('accessTrouble: explains a known code, and shows any other', async t => {
  const rows: Array<[code: string, text: RegExp, admin: RegExp, employee: RegExp]> = [
    [
      'payment_required',
      /subscription or trial period .* has ended/,
      /^Renew the subscription/,
      /Ask an administrator to renew/
    ],
    [
      'not_installed',
      /not installed .* or its installation is not complete/,
      /^Install the application again/,
      /Ask an administrator to install/
    ],
    [
      'wrong_client',
      /does not accept the secret/,
      /whoever runs .* B24_CLIENT_SECRET/,
      /whoever runs .* B24_CLIENT_SECRET/
    ],
    [
      'invalid_client',
      /does not accept the secret/,
      /whoever runs .* B24_CLIENT_SECRET/,
      /whoever runs .* B24_CLIENT_SECRET/
    ]
  ]
  for (const [code, text, asAdmin, asEmployee] of rows) {
    t.match(said(code, admin), { text, todo: asAdmin, code: undefined }, code)
    t.match(said(code, employee), { text, todo: asEmployee, code: undefined }, code)
  }
  for (const code of ['server_not_allowed', 'constructor']) {
    for (const viewer of [admin, employee]) {
      t.match(said(code, viewer), {
        text: /does not re(?:new|fresh)/, todo: /Tell whoever runs the application this code/, code
      })
    }
  }
})

await t.test('accessTrouble: names the next try if there will be one', async t => {
  for (const [nextTryAt, expected] of [[now, undefined], [now + 1, now + 1], [Infinity, undefined]] as const) {
    for (const code of ['payment_required', 'server_not_allowed']) {
      t.equal(said(code, employee, nextTryAt)?.nextTryAt, expected)
    }
  }
})
