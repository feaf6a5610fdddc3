import { FAILED, LOST, SILENT, UNREADABLE } from './refresh-state.ts'

/** How renewals ended, since this process started. */
export type RenewalOutcome = 'renewed' | 'superseded' | 'lost' | 'refused' | 'silent' | 'revived' | 'revival_refused'

const documented = ['invalid_client', 'wrong_client', 'invalid_request', 'invalid_scope', 'insufficient_scope', 'not_installed', 'payment_required'] as const

/** The codes that a metric names; every other code of a server is `other`. */
export type RefusalCode = typeof LOST | typeof SILENT | typeof UNREADABLE | typeof FAILED | 'server_not_allowed' | typeof documented[number] | 'other'

export interface RenewalCounts {
  count: (outcome: RenewalOutcome) => void
  /** Counts a renewal that was refused with this code */
  refuse: (code: string) => void
  outcomes: () => Record<RenewalOutcome, number>
  refusals: () => Record<RefusalCode, number>
}

/** Counts renewals, for a metric. */
export function createRenewalCounts (): RenewalCounts {
  const outcomes: Record<RenewalOutcome, number> = { renewed: 0, superseded: 0, lost: 0, refused: 0, silent: 0, revived: 0, revival_refused: 0 }
  const codes: readonly RefusalCode[] = [LOST, SILENT, UNREADABLE, FAILED, 'server_not_allowed', ...documented, 'other']
  // The keys are all of the codes.
  const refusals = Object.fromEntries(codes.map(code => [code, 0])) as Record<RefusalCode, number>
  const count: RenewalCounts['count'] = outcome => { outcomes[outcome]++ }
  return {
    count,
    refuse (code) {
      count(code === LOST || code === SILENT ? code : 'refused')
      refusals[codes.find(known => known === code) ?? 'other']++
    },
    outcomes: () => ({ ...outcomes }),
    refusals: () => ({ ...refusals })
  }
}
