import t, { type Test } from 'tap'
import type { KnownPortal, UnverifiedCall } from '../../../plugins/auth-token/calls.ts'
import { heldServerFor } from '../../held-server.ts'
import { sceneFor } from './scene.ts'
import { verifierFor, type VerifierOptions } from './verifier.ts'

/** The same behind a proxy that can hold back answers of the authorization server. */
async function underWayFor (t: Test, options: VerifierOptions = {}) {
  const { sandbox, callOf, stored } = await sceneFor(t)
  const { origin, hold } = await heldServerFor(t, sandbox.authorizationServer)
  const verifier = await verifierFor(t, [origin], options)
  const { memberId } = stored()
  const store = (changes?: Partial<KnownPortal>) => {
    verifier.known.set(memberId, stored({ serverEndpoint: `${origin}/rest/`, ...changes }))
  }
  store()
  const { authId } = callOf()
  return {
    ...verifier,
    alpha: sandbox.portals.alpha,
    hold,
    store,
    notify: (changed = memberId) => verifier.notify(changed),
    /** Such a call; all of them carry the same token */
    call: (changes?: Partial<UnverifiedCall>) => verifier.outcome(callOf({ authId, serverEndpoint: '', ...changes })),
    /** Since when the application is installed for such a call, or the code of the error */
    since: (changes?: Partial<UnverifiedCall>) => verifier.verify(callOf({ authId, serverEndpoint: '', ...changes }))
      .then(({ installedAt }) => installedAt, error => String(error.code)),
    asked: () => sandbox.requests.length
  }
}

await t.test('verify: a proof under way does not survive an uninstall', async t => {
  const rows: Array<[name: string, changes: Partial<UnverifiedCall>]> = [
    ['a call', {}], ['without application token', { applicationToken: '' }], ['an installation', { installing: true }]
  ]
  for (const [name, changes] of rows) {
    const { call, hold, store, notify, alpha, asked, recorded } = await underWayFor(t)
    const answer = hold()
    const slow = call(changes)
    await answer.said
    alpha.uninstall()
    store({ applicationToken: null, uninstalledAt: 2 })
    notify()
    answer.release()
    t.equal(await slow, 'B24_ERR_NOT_INSTALLED', name)
    t.equal(asked(), 2, `${name}: the server is asked again, once`)
    t.equal(await call(changes), 'B24_ERR_NOT_INSTALLED', `${name}, later`)
    t.strictSame(recorded, [], name)
  }
})

await t.test('verify: refuses a call once it is notified of an uninstall', async t => {
  const { call, hold, store, notify, alpha } = await underWayFor(t)
  const answer = hold()
  const slow = call()
  await answer.said
  alpha.uninstall()
  store({ applicationToken: null, uninstalledAt: 2 })
  t.equal(await call(), 'B24_ERR_NOT_INSTALLED', 'once the store tells of it, no older question is shared')
  answer.release()
  t.equal(await slow, 'verified')
  notify()
  t.equal(await call(), 'B24_ERR_NOT_INSTALLED')
})

await t.test('verify: a cached proof does not undo an uninstall', async t => {
  const { call, store, alpha, recorded } = await underWayFor(t)
  t.equal(await call(), 'verified')
  alpha.uninstall()
  store({ applicationToken: null, uninstalledAt: 2 })
  t.equal(await call({ applicationToken: '' }), 'B24_ERR_NOT_INSTALLED')
  t.strictSame(recorded, [])
})

await t.test('verify: asks again when the portal was uninstalled meanwhile', async t => {
  const seen: unknown[] = []
  const answers = [null, 7]
  const { call, store, asked } = await underWayFor(t, {
    record: (_portal, before) => {
      seen.push(before?.uninstalledAt)
      return answers.shift() ?? null
    }
  })
  store({ uninstalledAt: 2 })
  t.equal(await call(), 'verified')
  t.equal(asked(), 2)
  t.strictSame(seen, [2, 2])
})

await t.test('verify: expects no uninstall of a portal that was not stored', async t => {
  const seen: unknown[] = []
  const { call, known } = await sceneFor(t, { record: (_portal, before) => seen.push(before) })
  known.clear()
  t.equal(await call(), 'verified')
  t.strictSame(seen, [{ uninstallRequestedAt: null, uninstalledAt: null }])
})

await t.test('verify: an application token that changes meanwhile is not kept', async t => {
  const { call, hold, store, notify } = await underWayFor(t)
  const answer = hold()
  const slow = call()
  await answer.said
  store({ applicationToken: 'new' })
  notify()
  answer.release()
  t.equal(await slow, 'B24_ERR_APPLICATION_TOKEN')
  t.equal(await call(), 'B24_ERR_APPLICATION_TOKEN')
  t.equal(await call({ applicationToken: 'new' }), 'verified')
})

type Stored = Partial<KnownPortal> | 'nothing'
const unchanged: Stored = {}
const uninstalled: Stored = { applicationToken: null, uninstalledAt: 2 }
const installing = { installing: true }
/** What is stored during the first and the second proof; since when the call is told to be installed, or why not */
const rows: Array<[
  name: string, first: Stored, second: Stored, outcome: string | number | undefined, call?: Partial<UnverifiedCall>
]> = [
  ['updated twice', unchanged, unchanged, 1],
  ['updated twice by installations', unchanged, unchanged, 1, installing],
  ['removed and then installed', uninstalled, { installedAt: 3 }, 3],
  ['stored by an installation', 'nothing', { installedAt: 3 }, 3],
  ['never stored', 'nothing', 'nothing', undefined],
  ['back, which cannot be stored', uninstalled, uninstalled, undefined],
  ['to be installed again', uninstalled, uninstalled, undefined, installing],
  ['removed in the end', unchanged, uninstalled, 'B24_ERR_NOT_INSTALLED'],
  ['removed in the end, for an installation', unchanged, uninstalled, 'B24_ERR_NOT_INSTALLED', installing],
  ['stored and removed', 'nothing', uninstalled, 'B24_ERR_NOT_INSTALLED'],
  ['replaced by a new installation', unchanged, { installedAt: 3 }, 'B24_ERR_AUTH_ID_EXPIRED'],
  ['given another application token', unchanged, { applicationToken: 'new' }, 'B24_ERR_APPLICATION_TOKEN']
]
for (const [name, first, second, outcome, changes] of rows) {
  await t.test(`verify: judges a portal that keeps changing: ${name}`, async t => {
    const { since, hold, store, known, notify, asked } = await underWayFor(t, {
      record: () => Promise.reject(new Error('cannot be written'))
    })
    const answers = [{ ...hold(), stored: first }, { ...hold(), stored: second }]
    const slow = since(changes)
    for (const { said, release, stored } of answers) {
      await said
      if (stored === 'nothing') known.clear()
      else store(stored)
      notify()
      release()
    }
    t.equal(await slow, outcome)
    t.equal(asked(), 2, 'there is no third question')
    if (typeof outcome !== 'number') return
    t.equal(await since(changes), outcome)
    t.equal(asked(), 3, 'what was judged so is not remembered')
  })
}

await t.test('verify: ignores a change of another portal', async t => {
  const { call, hold, notify, asked } = await underWayFor(t)
  const answer = hold()
  const slow = call()
  await answer.said
  notify('another')
  answer.release()
  t.equal(await slow, 'verified')
  t.equal(await call(), 'verified')
  t.equal(asked(), 1)
})

await t.test('verify: what was verified with an application token ends when that is replaced', async t => {
  let isAdmin = true
  const { call, store, alpha } = await underWayFor(t, { isAdmin: async () => isAdmin })
  t.equal(await call(), 'verified')
  const { accessToken: authId } = alpha.grant(alpha.users.admin)
  t.equal(await call({ authId, applicationToken: 'another' }), 'verified')
  store({ applicationToken: 'another' })
  isAdmin = false
  t.equal(await call(), 'B24_ERR_APPLICATION_TOKEN')
})
