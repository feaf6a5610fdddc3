import { InstallRefusedError, NotAdminError, PortalRefusedError } from '../../src/errors.ts'
import type { PlacementDeclaration } from '../placement-dispatch/registry.ts'
import type { BatchRest, RestAnswer, RestCommand } from '../portal-rest/portal-rest.ts'
import type { BindingReport } from '../../src/store/installation-store.ts'
import { bindable, lifecycleEvents, planEvents, planPlacements, toCodes, toEventRows, toPlacementRows, withWorkerErrors, type Addresses } from './desired-state.ts'
import { missingScope } from './scopes.ts'

/** What the portal has before anything is bound. */
export interface PortalSurvey { scope: readonly string[], answers: Record<string, RestAnswer> }

/** Makes sure that an administrator asks. Errors: NotAdminError, PortalUnavailableError, InstallRefusedError. */
export async function requireAdmin (rest: BatchRest): Promise<void> {
  const answers = await ask(rest, { profile: { method: 'profile', params: {} } })
  const profile = okOf(answers['profile'])
  if (typeof profile !== 'object' || profile === null || !('ADMIN' in profile) || profile.ADMIN !== true) throw new NotAdminError()
}

/** Looks at the portal, in one batch. Errors: PortalUnavailableError, InstallRefusedError. */
export async function surveyPortal (rest: BatchRest, declarations: readonly PlacementDeclaration[]): Promise<PortalSurvey> {
  const answers = await ask(rest, {
    scope: { method: 'scope', params: {} },
    placements: { method: 'placement.get', params: {} },
    events: { method: 'event.get', params: {} },
    // Only a family needs to know which members the portal offers.
    ...(declarations.some(({ code, bind }) => code.includes('*') && bind !== false) && { offered: { method: 'placement.list', params: {} } })
  })
  return { scope: toCodes(okOf(answers['scope'])), answers }
}

/**
 * Brings the portal to what is declared, in at most one more batch (per fifty commands); a second run changes nothing.
 * In: the survey, the declarations, our addresses and the handler's address at the last installation.
 * Out: what is bound now, and what was left out and why: a text key with its variable, `scope:crm`, `unknown:` or `refused:CODE`.
 * Errors: PortalUnavailableError, InstallRefusedError.
 */
export async function bindDeclared (rest: BatchRest, { scope, answers }: PortalSurvey, declarations: readonly PlacementDeclaration[], addresses: Addresses, last: Addresses | null, now: number): Promise<BindingReport> {
  const desired = bindable(declarations, toCodes(softOf(answers['offered']))).map(declaration => withWorkerErrors(declaration, addresses))
  const lacking = new Map(desired.map(({ code }) => [code, missingScope(code, scope)]))
  const allowed = desired.filter(({ code }) => lacking.get(code) === undefined)
  const commands = {
    ...planPlacements(allowed, toPlacementRows(softOf(answers['placements'])), addresses.handler, last?.handler ?? null),
    ...planEvents(toEventRows(softOf(answers['events'])), addresses.events, last?.events ?? null)
  }
  const done = Object.keys(commands).length === 0 ? {} : await ask(rest, commands)

  const skipped = [...desired.map(({ code }) => code), ...lifecycleEvents].flatMap(code => {
    const scope = lacking.get(code)
    const reason = scope === undefined ? reasonOf(done[`bind_${code}`]) : `scope:${scope}`
    const isBound = reason === undefined || (isLifecycleEvent(code) && reason.toUpperCase() === eventBound)
    return isBound ? [] : [{ code, reason }]
  })
  return { at: now, bound: desired.map(({ code }) => code).filter(code => skipped.every(out => out.code !== code)), skipped }
}

/** A portal that refuses a whole request refuses the installation. */
const ask = (rest: BatchRest, commands: Record<string, RestCommand>) => rest.batch(commands)
  .catch((error: unknown) => { throw error instanceof PortalRefusedError ? new InstallRefusedError(error.portalCode, error.portalText, error.method) : error })

function okOf (answer: RestAnswer | undefined): unknown {
  if (answer !== undefined && 'ok' in answer) return answer.ok
  throw new InstallRefusedError(answer?.error ?? 'unknown', answer?.text)
}

/** placement.get and event.get are refused without their scope; then there is nothing of ours either. */
const softOf = (answer: RestAnswer | undefined): unknown => answer !== undefined && 'ok' in answer ? answer.ok : undefined

// What event.bind answers for a handler that is bound already, in the words of whatever version the portal has.
const eventBound = 'REFUSED:ERROR_CORE'
const isLifecycleEvent = (code: string) => lifecycleEvents.some(event => event === code)

function reasonOf (answer: RestAnswer | undefined): string | undefined {
  if (answer === undefined || 'ok' in answer) return undefined
  // The very same address is bound: by somebody in the meantime, or an update has kept it. That is what we wanted.
  if (/already\s+b(?:ind|ound)/i.test(answer.text)) return undefined
  return answer.error === 'ERROR_PLACEMENT_NOT_FOUND' ? 'unknown:' : `refused:${answer.error}`
}
