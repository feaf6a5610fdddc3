import { hash } from 'node:crypto'
import { isSameSecret } from '../../src/crypto/same-secret.ts'
import { stages } from '../../src/diagnostics/channels.ts'
import {
  ApplicationTokenError, AuthIdMissingError, AuthIdUnknownError, ForeignApplicationError, ForeignPortalError,
  NotInstalledError, ServerEndpointError
} from '../../src/errors.ts'
import { serverOf } from '../../src/http/server-address.ts'
import type { Ask, Compared, KnownPortal, Question, UnverifiedCall, Verification } from './calls.ts'

export interface VerifyRules {
  clientId: string
  servers: readonly string[]
  /** Must a call carry an application token? Portals before 2026 send none */
  policy: 'required' | 'when-present'
  find: (memberId: string) => Promise<KnownPortal | undefined>
  ask: Ask
}

// Characters. Forms have the same limit; a page sends its token in a header.
const maxToken = 256

/**
 * Verifies a call by three rules, the cheapest first.
 *
 * @throws AuthIdMissingError, AuthIdUnknownError, ServerEndpointError, ApplicationTokenError, ForeignApplicationError,
 *   ForeignPortalError, NotInstalledError, and what `find` and `ask` throw
 */
export async function verifyCall (call: UnverifiedCall, rules: VerifyRules): Promise<Verification> {
  const { servers } = rules
  const { memberId, authId, serverEndpoint, installing, pageOf } = call

  // 1. Shape: an access token, and a SERVER_ENDPOINT from our list. It chooses a server and can do nothing else.
  if (authId === '') throw new AuthIdMissingError()
  if (authId.length > maxToken) throw new AuthIdUnknownError()
  const namedServer = serverOf(serverEndpoint, servers)
  if (serverEndpoint !== '' && namedServer === undefined) throw new ServerEndpointError()

  const compare = () => checkApplicationToken(call, rules)
  const { known, installation, hasToken } = await stages.tracePromise(compare, { stage: 'application-token' })

  const server = namedServer ?? serverOf(known?.serverEndpoint ?? '', servers)
  const prove = () => checkProof({
    accessToken: authId,
    key: hash('sha256', authId, 'base64'),
    servers: server === undefined ? servers : [server],
    memberId,
    known,
    ip: call.ip,
    pageOf,
    kind: installing ? 'installation' : hasToken ? 'with-application-token' : 'without-application-token'
  }, rules)
  const { proof, isNew } = await stages.tracePromise(prove, { stage: 'proof' })
  const verified = { ...proof, installedAt: installation?.installedAt, accessToken: authId }
  return { verified, known, isNew }
}

/**
 * 2. Application token: the one of this installation. An application that is being installed may have a new one; a page
 * knows none, and got its session only because the call that opened it passed this rule.
 */
// Source: Bitrix24 REST docs, settings/cloud-and-on-premise/security-recommendations.md.
export async function checkApplicationToken (
  call: UnverifiedCall, { policy, find }: Pick<VerifyRules, 'policy' | 'find'>
): Promise<Compared> {
  const { memberId, applicationToken, installing, pageOf } = call
  const known = await find(memberId)
  const installation = known?.uninstalledAt === null ? known : undefined
  const storedToken = installation?.applicationToken ?? null
  const hasToken = storedToken !== null && isSameSecret(storedToken, applicationToken)
  if (!installing && pageOf === undefined) {
    const isWrong = applicationToken === '' ? policy === 'required' : storedToken !== null && !hasToken
    if (isWrong) throw new ApplicationTokenError()
  }
  return { known, installation, hasToken }
}

/** 3. Proof: an authorization server says that the access token is of this application, this portal, and installed. */
async function checkProof (question: Question, { clientId, ask }: VerifyRules): ReturnType<Ask> {
  const answer = await ask(question)
  const { proof } = answer
  if (proof.clientId !== clientId) throw new ForeignApplicationError(proof.clientId)
  if (proof.memberId !== question.memberId) throw new ForeignPortalError()
  if (!proof.installed && question.kind !== 'installation') throw new NotInstalledError()
  return answer
}
