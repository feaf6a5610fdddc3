import { InstallRefusedError, NotAdminError, PortalRefusedError } from '../../src/errors.ts'
import { handlerKey } from '../../src/schemas/placement-code.ts'
import type { BindingReport } from '../../src/store/installation-store.ts'
import type { PlacementDeclaration } from '../placement-dispatch/declaration.ts'
import type { BatchRest, RestAnswer, RestCommand } from '../portal-rest/rest-interface.ts'
import { iconHash } from './bind-params.ts'
import {
  bindable, isLeftAlone, lifecycleEvents, planEvents, planPlacements, withWorkerErrors, type Addresses
} from './desired-state.ts'
import { toCodes, toEventRows, toPlacementRows } from './portal-rows.ts'

/** What the portal has before anything is bound. */
export interface PortalSurvey { scope: readonly string[], answers: Record<string, RestAnswer> }

/** What is known of the last binding. */
interface LastBinding extends Addresses {
  /** Hashes of icons; see BindingReport */
  icons?: Record<string, string> | undefined
}

/** Throws NotAdminError unless an administrator asks. */
export async function requireAdmin (rest: BatchRest): Promise<void> {
  const answers = await ask(rest, { profile: { method: 'profile', params: {} } })
  const profile = okOf(answers['profile'])
  const isAdmin = typeof profile === 'object' && profile !== null && 'ADMIN' in profile && profile.ADMIN === true
  if (!isAdmin) throw new NotAdminError()
}

/** Looks at the portal, in one batch. */
export async function surveyPortal (
  rest: BatchRest, declarations: readonly PlacementDeclaration[]
): Promise<PortalSurvey> {
  // Only a family needs to know which members the portal offers.
  const hasFamily = declarations.some(({ code, bind }) => code.includes('*') && bind !== false)
  const answers = await ask(rest, {
    scope: { method: 'scope', params: {} },
    placements: { method: 'placement.get', params: {} },
    events: { method: 'event.get', params: {} },
    ...(hasFamily && { offered: { method: 'placement.list', params: {} } })
  })
  return { scope: toCodes(okOf(answers['scope'])), answers }
}

/**
 * Brings the portal to what is declared, in at most one more batch (per fifty commands); a second run changes nothing.
 *
 * @param last of the last installation, if there was one
 * @returns what is bound now; what was skipped and why: `scope:crm`, `unknown:` or `refused:CODE`, see `reasonText`
 */
export async function bindDeclared (
  rest: BatchRest, { scope, answers }: PortalSurvey, declarations: readonly PlacementDeclaration[],
  addresses: Addresses, last: LastBinding | null, now: number
): Promise<BindingReport> {
  const desired = bindable(declarations, toCodes(softOf(answers['offered'])))
    .map(declaration => withWorkerErrors(declaration, addresses))
  const lacking = new Map(desired.map(({ code, name }) => [handlerKey(code, name), missingScope(code, scope)]))
  const keys = [...lacking.keys()]
  const allowed = desired.filter(({ code, name }) => lacking.get(handlerKey(code, name)) === undefined)
  const rows = toPlacementRows(softOf(answers['placements']))
    .filter(row => !isLeftAlone(row, declarations, addresses.handler))
  const commands = {
    ...planPlacements(allowed, rows, addresses.handler, last?.handler ?? null, last?.icons),
    ...planEvents(toEventRows(softOf(answers['events'])), addresses.events, last?.events ?? null)
  }
  const done = Object.keys(commands).length === 0 ? {} : await ask(rest, commands)

  const skipped = [...keys, ...lifecycleEvents].flatMap(code => {
    const scope = lacking.get(code)
    const reason = scope === undefined ? reasonOf(done[`bind_${code}`]) : `scope:${scope}`
    const isBound = reason === undefined || (isLifecycleEvent(code) && reason.toUpperCase() === eventBound)
    return isBound ? [] : [{ code, reason }]
  })
  const bound = keys.filter(code => skipped.every(one => one.code !== code))
  const icons = Object.fromEntries(desired.flatMap(one => {
    const [key, icon] = [handlerKey(one.code, one.name), iconHash(one)]
    return icon !== undefined && bound.includes(key) ? [[key, icon]] : []
  }))
  return { at: now, bound, skipped, ...(Object.keys(icons).length > 0 && { icons }) }
}

// Scopes that a placement needs beside `placement`, by the beginning of its code. Those of the messenger need none:
// `im` is for REST about a chat.
// Source: Bitrix24 REST docs, api-reference/widgets/index.md (table of codes), api-reference/widgets/im/index.md.
const scopes: ReadonlyArray<readonly [prefix: string, scope: string]> = [
  ['CRM_', 'crm'], ['TASK_', 'task'], ['CALENDAR_', 'calendar'],
  ['CONTACT_CENTER', 'contact_center'], ['CALL_CARD', 'telephony'], ['TELEPHONY_', 'telephony'],
  ['USER_PROFILE_', 'user'], ['SONET_GROUP_', 'sonet_group'], ['LANDING_', 'landing']
]

/** The scope that the application lacks for a placement, if it is known to lack one. */
export function missingScope (code: string, granted: readonly string[]): string | undefined {
  const needed = ['placement', scopes.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'placement']
  return needed.find(scope => !granted.includes(scope))
}

/** Why a placement was skipped, in the user's language. */
export function reasonText (t: (key: string, vars?: Record<string, string>) => string, reason: string): string {
  const [kind = '', detail = ''] = reason.split(':')
  return t(`reason.${kind}`, kind === 'scope' ? { scope: detail } : { code: detail })
}

/** A portal that refuses a whole request refuses the installation. */
async function ask (rest: BatchRest, commands: Record<string, RestCommand>): Promise<Record<string, RestAnswer>> {
  return await rest.batch(commands).catch((error: unknown) => {
    if (!(error instanceof PortalRefusedError)) throw error
    throw new InstallRefusedError(error.portalCode, error.portalText, error.method)
  })
}

function okOf (answer: RestAnswer | undefined): unknown {
  if (answer !== undefined && 'ok' in answer) return answer.ok
  throw new InstallRefusedError(answer?.error ?? 'unknown', answer?.text)
}

/** placement.get and event.get are refused without their scope; then nothing of ours is bound either. */
const softOf = (answer: RestAnswer | undefined): unknown =>
  answer !== undefined && 'ok' in answer ? answer.ok : undefined

// What event.bind answers for a handler that is bound already, in the words of whatever version the portal has.
const eventBound = 'REFUSED:ERROR_CORE'
const isLifecycleEvent = (code: string) => lifecycleEvents.some(event => event === code)

function reasonOf (answer: RestAnswer | undefined): string | undefined {
  if (answer === undefined || 'ok' in answer) return undefined
  // The same address is bound: by somebody in the meantime, or an update has kept it. That is what we wanted.
  if (/already\s+b(?:ind|ound)/i.test(answer.text)) return undefined
  return answer.error === 'ERROR_PLACEMENT_NOT_FOUND' ? 'unknown:' : `refused:${answer.error}`
}
