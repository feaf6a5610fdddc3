import type { Answer, AppInfo, AuthorizationServers } from './authorization-server.ts'
import { AuthIdExpiredError, AuthIdUnknownError, NotInstalledError, PaymentRequiredError, PortalAddressError } from '../../src/errors.ts'
import { isPermitted, type InsecurePortals } from '../../src/http/insecure-portals.ts'
import type { Proof, ProofCache } from './proof-cache.ts'
import { portalNames } from './portal-names.ts'
import type { ProofLimit, ProofRequest } from './rate-limit.ts'

export interface ProveDependencies {
  authorizationServers: AuthorizationServers
  cache: ProofCache
  limit: ProofLimit
  /** Proofs under way: one request for all who ask for the same token at the same time */
  pending: Map<string, Promise<Proof>>
  allowInsecurePortals: InsecurePortals
  /** Milliseconds since 1970 */
  now: () => number
}

const hour = 3_600_000
// A refusal is remembered long enough to stop a storm, and short enough that whoever mends its cause need not wait.
const refusalTime = 10_000

/**
 * Stage 3: asks the authorization servers, in turn, whom an access token belongs to. Shared, limited and cached.
 * In: the token and its cache key, the servers to ask (origins), and on whose account. Only calls of one epoch share a
 * proof: one that was begun before an uninstall says nothing after it.
 * Errors: TooManyProofsError, AuthorizationServerUnavailableError, AuthIdUnknownError, AuthIdExpiredError, NotInstalledError, PaymentRequiredError, PortalAddressError.
 */
export async function prove (
  { accessToken, key, servers, epoch, ...request }:
  { accessToken: string, key: string, servers: readonly string[], epoch: string } & ProofRequest,
  deps: ProveDependencies
): Promise<Proof> {
  const refused = deps.cache.refusal(key, deps.now())
  if (refused !== undefined) throw refused
  const shared = [key, epoch, ...servers].join(' ')
  const running = deps.pending.get(shared)
  if (running !== undefined) return await running
  const asking = deps.limit.ask(request, () => askInTurn(accessToken, key, servers, deps)).finally(() => deps.pending.delete(shared))
  deps.pending.set(shared, asking)
  return await asking
}

async function askInTurn (accessToken: string, key: string, servers: readonly string[], deps: ProveDependencies): Promise<Proof> {
  const begun = deps.cache.moment()
  let silent: Error | undefined
  for (const server of servers) {
    const answer: Answer<AppInfo> | Error = await deps.authorizationServers.appInfo(server, accessToken).catch(error => error)
    if (answer instanceof Error) {
      silent = answer
      continue
    }
    if ('ok' in answer) return keep(key, server, answer.ok, begun, deps)
    const refusal = refusalFor(answer.error)
    if (refusal !== undefined) throw refuse(key, refusal, deps)
  }
  // "Unknown" is an answer only when every server has given it.
  throw silent ?? refuse(key, new AuthIdUnknownError(), deps)
}

function keep (key: string, server: string, info: AppInfo, begun: number, deps: ProveDependencies): Proof {
  const now = deps.now()
  // Without a readable time the proof is good for a moment only; no token of Bitrix24 lives longer than an hour.
  const expiresAt = Math.min(info.expiresAt ?? now + refusalTime, now + hour)
  if (expiresAt <= now) throw refuse(key, new AuthIdExpiredError(), deps)
  const url = URL.canParse(info.clientEndpoint) ? new URL(info.clientEndpoint) : undefined
  const names = url !== undefined && isPermitted(deps.allowInsecurePortals, url) ? portalNames(info, url) : undefined
  if (names === undefined) throw refuse(key, new PortalAddressError(), deps)
  const proof: Proof = {
    ...names,
    clientId: info.clientId,
    serverEndpoint: `${server}/rest/`,
    installed: info.installed,
    userId: info.userId,
    expiresAt
  }
  // "Not installed yet" is about to change.
  deps.cache.addProof(key, proof, info.installed ? expiresAt : Math.min(expiresAt, now + refusalTime), begun)
  return proof
}

function refuse (key: string, error: Error, { cache, now }: ProveDependencies): Error {
  cache.addRefusal(key, error, now() + refusalTime)
  return error
}

/** What a server says of a token that it knows. Source: Bitrix24 REST docs, settings/oauth/error-codes.md; the rest from the SDKs. */
function refusalFor (error: string): Error | undefined {
  switch (error) {
    case 'expired_token': return new AuthIdExpiredError()
    case 'not_installed':
    case 'application_not_found': return new NotInstalledError()
    case 'payment_required': return new PaymentRequiredError()
    default: return undefined
  }
}
