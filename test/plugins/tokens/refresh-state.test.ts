import t from 'tap'
import type { RefreshState } from '../../../src/store/installation-store.ts'
import { isPaused, stateAfter, stateAfterCall } from '../../../plugins/tokens/refresh-state.ts'

const minute = 60_000
const tokens = { accessToken: 'a', refreshToken: 'r', expiresAt: 0 }
const stateOf = (changes: Partial<RefreshState> = {}): RefreshState => ({ code: 'payment_required', at: 0, attempts: 5, nextTryAt: 720 * minute, ...changes })

await t.test('what is wrong with the whole application is asked again within minutes, however often it was refused', async t => {
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

await t.test('a pause is over when its time is, and a pair that can be read was only unreadable', async t => {
  const rows: Array<[refresh: RefreshState | null, pair: typeof tokens | null, expected: boolean]> = [
    [null, tokens, false],
    [stateOf(), tokens, true],
    [stateOf({ nextTryAt: 100 }), tokens, false],
    [stateOf({ code: 'unreadable' }), null, true],
    [stateOf({ code: 'unreadable' }), tokens, false]
  ]
  for (const [refresh, pair, expected] of rows) t.equal(isPaused({ refresh, tokens: pair }, 100), expected, JSON.stringify(refresh))
})

await t.test('a portal that is alive may be asked about again, once in five minutes, unless its pair is dead', async t => {
  const rows: Array<[refresh: RefreshState | null, now: number, isTried: boolean]> = [
    [null, 5 * minute, false],
    [stateOf(), 5 * minute - 1, false],
    [stateOf(), 5 * minute, true],
    [stateOf({ code: 'not_installed' }), 5 * minute, true],
    [stateOf({ nextTryAt: 5 * minute }), 5 * minute, false],
    [stateOf({ code: 'lost', nextTryAt: Infinity }), 5 * minute, false],
    [stateOf({ code: 'unreadable' }), 5 * minute, false]
  ]
  for (const [refresh, now, isTried] of rows) {
    t.strictSame(stateAfterCall(refresh, now), isTried ? { ...refresh, nextTryAt: now } : undefined, JSON.stringify([refresh, now]))
  }
})
