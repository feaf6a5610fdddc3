import { FAILED, LOST, UNAVAILABLE, UNREADABLE } from './refresh-state.ts'

/** How refreshes ended, since this process started. */
export type RefreshOutcome = 'refreshed' | 'superseded' | 'lost' | 'refused' | 'unavailable' | 'recovered' | 'recovery_refused'

const documented = ['invalid_client', 'wrong_client', 'invalid_request', 'invalid_scope', 'insufficient_scope', 'not_installed', 'payment_required'] as const

/** The codes that a metric names; every other code of a server is `other`. */
export type RefusalCode = typeof LOST | typeof UNAVAILABLE | typeof UNREADABLE | typeof FAILED | 'server_not_allowed' | typeof documented[number] | 'other'

export interface RefreshCounts {
  count: (outcome: RefreshOutcome) => void
  /** Counts a refresh that was refused with this code */
  refuse: (code: string) => void
  outcomes: () => Record<RefreshOutcome, number>
  refusals: () => Record<RefusalCode, number>
}

/** Counts refreshes, for a metric. */
export function createRefreshCounts (): RefreshCounts {
  const outcomes: Record<RefreshOutcome, number> = { refreshed: 0, superseded: 0, lost: 0, refused: 0, unavailable: 0, recovered: 0, recovery_refused: 0 }
  const codes: readonly RefusalCode[] = [LOST, UNAVAILABLE, UNREADABLE, FAILED, 'server_not_allowed', ...documented, 'other']
  // The keys are all of the codes.
  const refusals = Object.fromEntries(codes.map(code => [code, 0])) as Record<RefusalCode, number>
  const count: RefreshCounts['count'] = outcome => { outcomes[outcome]++ }
  return {
    count,
    refuse (code) {
      count(code === LOST || code === UNAVAILABLE ? code : 'refused')
      refusals[codes.find(known => known === code) ?? 'other']++
    },
    outcomes: () => ({ ...outcomes }),
    refusals: () => ({ ...refusals })
  }
}
