import type { Test } from 'tap'
import type { BindingReport, InstallationStore, NewInstallation, PortalAddress, TokenPair } from '../../../src/store/installation-store.ts'

export const portal: PortalAddress = {
  memberId: 'a223c6b3710f85df22e9377d6c4f7553',
  domain: 'example.bitrix24.com',
  clientEndpoint: 'https://example.bitrix24.com/rest/',
  serverEndpoint: 'https://oauth.bitrix24.tech/rest/',
  scope: ['crm', 'placement'],
  status: 'L'
}
export const tokens: TokenPair = { accessToken: 'first-access-token', refreshToken: 'first-refresh-token', expiresAt: 3_600_000 }
export const installed: NewInstallation = { ...portal, applicationToken: 'first-application-token', tokens, userId: 1 }

const moved: PortalAddress = {
  ...portal,
  domain: 'moved.bitrix24.eu',
  clientEndpoint: 'https://moved.bitrix24.eu/rest/',
  serverEndpoint: 'https://oauth.bitrix.info/rest/',
  scope: [],
  status: 'S'
}
const renewed: TokenPair = { accessToken: 'second-access-token', refreshToken: 'second-refresh-token', expiresAt: 7_200_000 }
const report: BindingReport = { at: 5, bound: ['REST_APP_URI'], leftOut: [{ code: 'CALL_CARD', reason: 'scope telephony' }] }
const handlerUrl = 'https://widget.example.com/placement'

const fresh = { handlerUrl: null, bindings: null, uninstallRequestedAt: null, uninstalledAt: null }
const withoutTokens = { applicationToken: null, tokens: null, userId: null }

/** What every installation store does, whatever database is below it. `open` gives a store over an empty database. */
export async function storeContract (t: Test, open: () => Promise<InstallationStore>) {
  const { memberId } = portal
  const opened = async (t: Test) => {
    const store = await open()
    t.after(() => store.close())
    return store
  }
  /** An installation with everything in it: times 10 (install) and 20 (bindings). */
  const full = async (t: Test) => {
    const store = await opened(t)
    await store.install(installed, 10)
    await store.recordBindings(memberId, handlerUrl, report, 20)
    return store
  }
  const tombstone = async (t: Test) => {
    const store = await full(t)
    await store.requestUninstall(memberId, 25)
    await store.markUninstalled(memberId, 30)
    return store
  }

  await t.test('an empty store knows nobody', async (t) => {
    const store = await opened(t)
    t.equal(await store.get(memberId), undefined)
    t.strictSame(await store.uninstallRequests(), [])
    await store.ping()
  })

  await t.test('install inserts a row', async (t) => {
    const store = await opened(t)
    await store.install(installed, 10)
    t.strictSame(await store.get(memberId), { ...installed, ...fresh, installedAt: 10, updatedAt: 10 })
    t.equal(await store.get('another'), undefined)
  })

  await t.test('install over a living row replaces it and keeps its beginning and its bindings', async (t) => {
    const store = await full(t)
    const again = { ...moved, applicationToken: 'second-application-token', tokens: renewed, userId: 7 }
    await store.install(again, 30)
    t.strictSame(await store.get(memberId), { ...again, ...fresh, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30 })
  })

  await t.test('install keeps what it does not know', async (t) => {
    const store = await full(t)
    await store.install({ ...moved, ...withoutTokens }, 30)
    t.strictSame(await store.get(memberId), { ...installed, ...moved, ...fresh, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30 })
  })

  await t.test('install forgets that an uninstall was asked for', async (t) => {
    const store = await full(t)
    await store.requestUninstall(memberId, 25)
    await store.install(installed, 30)
    t.equal((await store.get(memberId))?.uninstallRequestedAt, null)
  })

  await t.test('install over a tombstone begins anew', async (t) => {
    const store = await tombstone(t)
    await store.install({ ...portal, ...withoutTokens }, 40)
    t.strictSame(await store.get(memberId), { ...portal, ...withoutTokens, ...fresh, installedAt: 40, updatedAt: 40 })
  })

  await t.test('recordPortal inserts a missing row without tokens', async (t) => {
    const store = await opened(t)
    await store.recordPortal(portal, 10)
    t.strictSame(await store.get(memberId), { ...portal, ...withoutTokens, ...fresh, installedAt: 10, updatedAt: 10 })
  })

  await t.test('recordPortal changes the address of a living row and nothing else', async (t) => {
    const store = await full(t)
    await store.requestUninstall(memberId, 25)
    await store.recordPortal(moved, 30)
    t.strictSame(await store.get(memberId), { ...installed, ...moved, ...fresh, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30 })
  })

  await t.test('recordPortal revives a tombstone without tokens', async (t) => {
    const store = await tombstone(t)
    await store.recordPortal(portal, 40)
    t.strictSame(await store.get(memberId), { ...portal, ...withoutTokens, ...fresh, installedAt: 40, updatedAt: 40 })
  })

  await t.test('recordBindings keeps the last report', async (t) => {
    const store = await full(t)
    const last = { at: 30, bound: [], leftOut: [] }
    await store.recordBindings(memberId, 'https://other.example.com/placement', last, 30)
    t.strictSame(await store.get(memberId), {
      ...installed, ...fresh, handlerUrl: 'https://other.example.com/placement', bindings: last, installedAt: 10, updatedAt: 30
    })
  })

  await t.test('replaceTokens changes the token pair and nothing else', async (t) => {
    const store = await full(t)
    await store.replaceTokens(memberId, renewed, 30)
    t.strictSame(await store.get(memberId), { ...installed, ...fresh, tokens: renewed, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30 })
  })

  await t.test('requestUninstall keeps the time of the first request', async (t) => {
    const store = await full(t)
    await store.requestUninstall(memberId, 30)
    await store.requestUninstall(memberId, 40)
    t.strictSame(await store.get(memberId), { ...installed, ...fresh, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30, uninstallRequestedAt: 30 })
  })

  await t.test('dropUninstallRequest leaves the installation as it was', async (t) => {
    const store = await full(t)
    await store.requestUninstall(memberId, 30)
    await store.dropUninstallRequest(memberId)
    t.strictSame(await store.uninstallRequests(), [])
    t.strictSame((await store.get(memberId))?.tokens, tokens)
  })

  await t.test('uninstallRequests lists what is open, oldest request first', async (t) => {
    const store = await opened(t)
    for (const [id, requestedAt] of [['late', 300], ['never', null], ['early', 100], ['gone', 50], ['middle', 200]] as const) {
      await store.install({ ...installed, memberId: id }, 10)
      if (requestedAt !== null) await store.requestUninstall(id, requestedAt)
    }
    await store.markUninstalled('gone', 400)
    const requests = await store.uninstallRequests()
    t.strictSame(requests.map((installation) => installation.memberId), ['early', 'middle', 'late'])
    t.strictSame(requests[0], await store.get('early'))
  })

  await t.test('markUninstalled leaves a tombstone without tokens', async (t) => {
    const store = await tombstone(t)
    t.strictSame(await store.get(memberId), {
      ...portal, ...withoutTokens, userId: 1, handlerUrl, bindings: report, installedAt: 10, updatedAt: 30, uninstallRequestedAt: null, uninstalledAt: 30
    })
  })

  const changes: Array<[string, (store: InstallationStore) => Promise<void>]> = [
    ['recordBindings', (store) => store.recordBindings(memberId, 'https://late.example.com/', report, 90)],
    ['replaceTokens', (store) => store.replaceTokens(memberId, renewed, 90)],
    ['requestUninstall', (store) => store.requestUninstall(memberId, 90)],
    ['dropUninstallRequest', (store) => store.dropUninstallRequest(memberId)],
    ['markUninstalled', (store) => store.markUninstalled(memberId, 90)]
  ]
  for (const [name, change] of changes) {
    await t.test(`${name} changes neither a tombstone nor a missing row`, async (t) => {
      const buried = await tombstone(t)
      const before = await buried.get(memberId)
      await change(buried)
      t.strictSame(await buried.get(memberId), before)
      const empty = await opened(t)
      await change(empty)
      t.equal(await empty.get(memberId), undefined)
    })
  }

  await t.test('changes at the same time do not undo one another', async (t) => {
    const store = await opened(t)
    await Promise.all([store.recordPortal(moved, 10), store.install(installed, 10), store.recordPortal(moved, 10)])
    await Promise.all([store.recordPortal(moved, 20), store.replaceTokens(memberId, renewed, 20), store.recordBindings(memberId, handlerUrl, report, 20)])
    t.strictSame(await store.get(memberId), {
      ...installed, ...moved, ...fresh, tokens: renewed, handlerUrl, bindings: report, installedAt: 10, updatedAt: 20
    })
  })

  await t.test('one portal does not touch another', async (t) => {
    const store = await full(t)
    const other = { ...installed, memberId: 'other', applicationToken: 'other-application-token' }
    await store.install(other, 15)
    await store.markUninstalled(memberId, 30)
    t.strictSame(await store.get('other'), { ...other, ...fresh, installedAt: 15, updatedAt: 15 })
  })

  await t.test('values that look like SQL are only text', async (t) => {
    const store = await opened(t)
    const odd = { ...installed, memberId: "'; drop table installations; --", domain: '"?$1' }
    await store.install(odd, 10)
    t.strictSame(await store.get(odd.memberId), { ...odd, ...fresh, installedAt: 10, updatedAt: 10 })
  })

  await t.test('a closed store is not reachable', async (t) => {
    const store = await open()
    await store.close()
    await t.rejects(store.ping())
  })
}
