import { storeUnavailable } from '../../src/errors.ts'
import { audit } from '../../src/log/audit.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { BindingReport, Installation } from '../../src/store/installation-store.ts'
import type { VerifiedCall } from '../auth-token/calls.ts'
import type { BatchRest } from '../portal-rest/rest-interface.ts'
import { bindDeclared, surveyPortal, type PortalSurvey } from './bind.ts'
import type { InstallationParts } from './installations.ts'

/** What came with a verified call and is worth keeping; '' when it did not come. */
export interface InstallationSecrets {
  applicationToken: string
  refreshToken: string
  /** The lifecycle event that it came with; without it, by the installation page */
  event?: string
  /** The client's address, for the audit */
  ip?: string
}

/** The pair of a system user, as an event brings it. */
export interface SystemUserSecrets { userId: number, refreshToken: string, ip: string }

/** Stores an installation and binds what is declared. Writes nothing once the signal has aborted. */
export async function install (
  call: VerifiedCall, secrets: InstallationSecrets, rest: BatchRest, parts: InstallationParts,
  over: AbortSignal
): Promise<BindingReport> {
  const { store, placements, forget, handlers, log, now } = parts
  const { memberId, domain, clientEndpoint, serverEndpoint, scope, status, userId, accessToken, expiresAt } = call
  const { applicationToken, refreshToken, event: source = 'page', ip } = secrets
  const before = await store.get(memberId).catch(storeUnavailable)
  const survey = await surveyPortal(rest, placements())
  // The next turn has begun then, and may have written something newer.
  over.throwIfAborted()
  // What a plugin could not delete at the uninstall must not come back.
  if (typeof before?.uninstalledAt === 'number') await handlers.forget(before).then(() => over.throwIfAborted())
  const change = changeFor(before, secrets)
  const isInstalled = await store.install({
    memberId,
    domain,
    clientEndpoint,
    serverEndpoint,
    scope,
    status,
    userId,
    applicationToken: applicationToken || null,
    tokens: refreshToken === '' ? null : { accessToken, refreshToken, expiresAt },
    // The proof does not speak of it: it may be made up, or belong to another portal.
    isRefreshTokenCandidate: true,
    change
  }, now(), before ?? { uninstalledAt: null }).catch(storeUnavailable)
  // Another process has uninstalled it meanwhile: only the portal knows whether it was installed anew.
  if (!isInstalled) return await install(call, secrets, rest, parts, over)
  forget(memberId)
  // The event that follows an installation page tells nothing new.
  if (change !== undefined) audit(log, `app.${change}`, { ip, member: memberId, user: userId, source })
  return await bind(memberId, rest, { survey, before, done: 'installed' }, parts, over)
}

/** Whose handlers have to run after an installation. */
function changeFor (before: Installation | undefined, { event }: InstallationSecrets) {
  // Without an address of ours nobody has finished an installation.
  if (before?.uninstalledAt !== null || before.handlerUrl === null) return 'installed' as const
  // It follows the installation page, whose change has been recorded.
  return event === 'ONAPPINSTALL' ? undefined : 'updated' as const
}

/** Binds what is declared once more; does nothing for a portal without an installation. */
export async function rebind (
  memberId: string, rest: BatchRest, parts: InstallationParts, over: AbortSignal
): Promise<void> {
  const before = await parts.store.get(memberId).catch(storeUnavailable)
  if (before?.uninstalledAt !== null) return
  const survey = await surveyPortal(rest, parts.placements())
  await bind(memberId, rest, { survey, before, done: 'bound again' }, parts, over)
}

interface Binding { survey: PortalSurvey, before: Installation | undefined, done: string }

async function bind (
  memberId: string, rest: BatchRest, { survey, before, done }: Binding, parts: InstallationParts,
  over: AbortSignal
): Promise<BindingReport> {
  const { store, placements, addressesFor, formerAddresses, log, now } = parts
  const last = formerAddresses(before?.handlerUrl ?? '')
  const addresses = addressesFor(memberId)
  const lastBinding = last && { ...last, icons: before?.bindings?.icons }
  const report = await bindDeclared(rest, survey, placements(), addresses, lastBinding, now())
  over.throwIfAborted()
  await store.recordBindings(memberId, addresses.handler, report, now()).catch(storeUnavailable)
  const { bound, skipped } = report
  log[skipped.length > 0 ? 'warn' : 'info']({ member: memberHash(memberId), bound, skipped }, done)
  return report
}
