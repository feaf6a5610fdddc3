import type {
  BindingReport, InstallationStore, NewInstallation, PortalAddress, RefreshState, TokenPair
} from '../../src/store/installation-store.ts'

export const portal: PortalAddress = {
  memberId: 'a223c6b3710f85df22e9377d6c4f7553',
  domain: 'example.bitrix24.com',
  clientEndpoint: 'https://example.bitrix24.com/rest/',
  serverEndpoint: 'https://oauth.bitrix24.tech/rest/',
  scope: ['crm', 'placement'],
  status: 'L'
}
export const { memberId } = portal
export const tokens: TokenPair = {
  accessToken: 'first-access-token', refreshToken: 'first-refresh-token', expiresAt: 3_600_000
}
export const installed: NewInstallation = { ...portal, applicationToken: 'first-application-token', tokens, userId: 1 }

/** The portal at another address. */
export const moved: PortalAddress = {
  ...portal,
  domain: 'moved.bitrix24.eu',
  clientEndpoint: 'https://moved.bitrix24.eu/rest/',
  serverEndpoint: 'https://oauth.bitrix.info/rest/',
  scope: [],
  status: 'S'
}
export const refreshed: TokenPair = {
  accessToken: 'second-access-token', refreshToken: 'second-refresh-token', expiresAt: 7_200_000
}
export const refused: RefreshState = { code: 'invalid_grant', at: 50, attempts: 1, nextTryAt: Infinity }
export const report: BindingReport = {
  at: 5, bound: ['REST_APP_URI'], skipped: [{ code: 'CALL_CARD', reason: 'scope telephony' }]
}
export const otherHost = 'https://intranet.example.com'
export const handlerUrl = 'https://widget.example.com/placement'

/** Nothing has happened to it yet. */
export const fresh = {
  handlerUrl: null,
  bindings: null,
  hosts: [] as string[],
  uninstallRequestedAt: null,
  uninstallClean: false,
  uninstalledAt: null,
  refresh: null
}
export const withoutTokens = { applicationToken: null, tokens: null, userId: null }
/** The pair of an installation at 10, and what is left of it after an uninstall */
export const firstPair = { tokenVersion: 1, refreshedAt: 10 }
export const burnedPair = { tokenVersion: 2, refreshedAt: null }

/** What `full` stores */
export const fullRow = {
  ...installed, ...fresh, handlerUrl, bindings: report, installedAt: 10, updatedAt: 20, ...firstPair
}

type Open = () => Promise<InstallationStore>

/** A store with an installation that has everything in it: times 10 (install) and 20 (bindings). */
export async function full (open: Open): Promise<InstallationStore> {
  const store = await open()
  await store.install(installed, 10)
  await store.recordBindings(memberId, handlerUrl, report, 20)
  return store
}

/** A store whose installation was uninstalled, at 30. */
export async function tombstone (open: Open): Promise<InstallationStore> {
  const store = await full(open)
  await store.requestUninstall(memberId, true, 25)
  await store.markUninstalled(memberId, 30)
  return store
}

/** The token pair of the portal, as far as it is stored. */
export async function pairOf (store: InstallationStore) {
  const installation = await store.get(memberId)
  if (installation === undefined) return undefined
  const { tokens, tokenVersion: version, refreshedAt, refresh } = installation
  return { tokens, version, refreshedAt, refresh }
}
