import { hash } from 'node:crypto'
import type { PortalAddress, SeenInstallation } from '../../src/store/installation-store.ts'
import { AuthIdMissingError, ForeignApplicationError, ForeignPortalError, NotInstalledError, ServerEndpointError } from '../../src/errors.ts'
import { serverOf } from '../../src/http/server-address.ts'
import { checkApplicationToken, isSameSecret, type ApplicationTokenPolicy } from './application-token.ts'
import { prove, type ProveDependencies } from './prove.ts'
import type { StoredProof } from './proof-cache.ts'

/** The fields that a call claims something with. All of it is text that a user could have written. */
export interface UnverifiedCall {
  memberId: string
  authId: string
  /** '' when the portal sends none */
  applicationToken: string
  /** SERVER_ENDPOINT; '' when the portal sends none */
  serverEndpoint: string
  /** The client's address, as in `request.ip`. Only divides the limit of proofs */
  caller: string
  /** On the way to an installation the portal may not be installed yet, and the stored application token may be outdated */
  installing: boolean
}

/** What is proven of a call. */
export interface VerifiedCall extends StoredProof {
  /** The user's access token, good for REST calls at `clientEndpoint` */
  accessToken: string
}

/** What is stored of a portal, as far as the ladder needs it. */
export interface KnownPortal extends PortalAddress, SeenInstallation {
  applicationToken: string | null
  installedAt: number
}

export interface VerifyDependencies extends ProveDependencies {
  clientId: string
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  find: (memberId: string) => Promise<KnownPortal | undefined>
  /**
   * Told about a proven portal of which nothing, or something else, is stored, and what was stored before the proof.
   * Out: since when the portal is installed; null: it has been uninstalled meanwhile; undefined: nobody knows.
   */
  record: (portal: PortalAddress, seen: SeenInstallation) => Promise<number | null | undefined>
  policy: ApplicationTokenPolicy
}

const nothingSeen: SeenInstallation = { uninstallRequestedAt: null, uninstalledAt: null }

/**
 * Climbs the ladder of trust: application token, then proof by the authorization server.
 * A function over plain data; everything it needs from outside, the clock and the servers included, is in its dependencies.
 * In: what the call claims. Out: what is proven.
 * Errors: AuthIdMissingError, ServerEndpointError, ApplicationTokenError, ForeignApplicationError, ForeignPortalError,
 * NotInstalledError, and those of `prove`.
 */
export async function verifyCall (claim: UnverifiedCall, deps: VerifyDependencies): Promise<VerifiedCall> {
  if (claim.authId === '') throw new AuthIdMissingError()
  const named = listed(claim.serverEndpoint, deps.servers)
  if (claim.serverEndpoint !== '' && named === undefined) throw new ServerEndpointError()
  // What is known of a portal that was uninstalled or installed meanwhile is outdated: everybody is asked again, once.
  const proven = await climb(claim, named, deps) ?? await climb(claim, named, deps)
  if (proven === undefined) throw new NotInstalledError()
  return proven
}

/** Out: what is proven; undefined when the installation ended or changed meanwhile. */
async function climb (
  claim: UnverifiedCall, named: readonly string[] | undefined, deps: VerifyDependencies
): Promise<VerifiedCall | undefined> {
  const { memberId } = claim
  const begun = deps.cache.moment()
  // The hot path: this very pair of tokens has climbed both stages before.
  const pair = hash('sha256', `${claim.authId} ${claim.applicationToken}`, 'base64')
  const passed = claim.installing ? undefined : deps.cache.passed(pair, deps.now())
  if (passed !== undefined) return accept(passed, claim, deps.clientId)

  const known = await deps.find(memberId)
  const stored = known?.uninstalledAt === null ? known.applicationToken : null
  // An installation proves itself by stage 3 alone: an application that was added anew has a new application token.
  const trusted = claim.installing
    ? stored !== null && isSameSecret(stored, claim.applicationToken)
    : checkApplicationToken(claim.applicationToken, stored, deps.policy)

  const key = hash('sha256', claim.authId, 'base64')
  // Whether a portal is still alive is a question for now, not for what was true some time ago.
  const isDoubtful = known !== undefined && (known.uninstallRequestedAt !== null || known.uninstalledAt !== null)
  const cached = isDoubtful ? undefined : deps.cache.proof(key, deps.now())
  const proof = cached ?? await prove({
    accessToken: claim.authId,
    key,
    servers: named ?? listed(known?.serverEndpoint ?? '', deps.servers) ?? deps.servers,
    // The store knows of an uninstall before we are told.
    epoch: [deps.cache.epoch(memberId), known?.installedAt, known?.uninstallRequestedAt, known?.uninstalledAt].join(),
    clientId: deps.clientId,
    memberId,
    ip: claim.caller,
    kind: claim.installing ? 'installation' : trusted ? 'with-application-token' : 'without-application-token'
  }, deps)
  const since = known?.uninstalledAt === null ? known.installedAt : undefined
  const proven = accept({ ...proof, installedAt: since }, claim, deps.clientId)
  if (!claim.installing && cached === undefined && (known === undefined || differs(known, proven))) {
    const installedAt = await deps.record(proven, known ?? nothingSeen)
    if (installedAt === null) return undefined
    proven.installedAt = installedAt ?? since
  }
  if (deps.cache.epoch(memberId) > begun) return undefined
  if (!claim.installing) deps.cache.addPassed(pair, { ...proof, installedAt: proven.installedAt }, begun)
  return proven
}

/** SERVER_ENDPOINT picks one server of the list and can do nothing else. */
function listed (endpoint: string, servers: readonly string[]): readonly string[] | undefined {
  const server = serverOf(endpoint, servers)
  return server === undefined ? undefined : [server]
}

/** Does the answer speak of us, and of the portal that the call named? */
function accept (proof: StoredProof, claim: UnverifiedCall, clientId: string): VerifiedCall {
  if (proof.clientId !== clientId) throw new ForeignApplicationError(proof.clientId)
  if (proof.memberId !== claim.memberId) throw new ForeignPortalError()
  if (!proof.installed && !claim.installing) throw new NotInstalledError()
  return { ...proof, accessToken: claim.authId }
}

function differs (known: KnownPortal, proven: PortalAddress): boolean {
  return known.uninstalledAt !== null || known.uninstallRequestedAt !== null ||
    known.domain !== proven.domain || known.clientEndpoint !== proven.clientEndpoint || known.serverEndpoint !== proven.serverEndpoint ||
    known.status !== proven.status || known.scope.join() !== proven.scope.join()
}
