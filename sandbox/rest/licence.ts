import type { Trouble } from '../state.ts'
import type { RateLimitOptions } from './rate-limit.ts'

interface Licence {
  /** What app.info says of it. */
  info: { LICENSE: string, LICENSE_TYPE: string, LICENSE_FAMILY: string }
  /** How fast an address may call. */
  rate: RateLimitOptions
  /** Whether applications may call REST at all. */
  hasRest: boolean
}

const licence = (type: string, family: string, rate: RateLimitOptions, hasRest = true): Licence =>
  ({ info: { LICENSE: `en_${type}`, LICENSE_TYPE: type, LICENSE_FAMILY: family }, rate, hasRest })

const USUAL = { size: 50, leak: 2 }

const LICENCES: Record<Trouble['licence'], Licence> = {
  none: licence('pro100', 'pro', USUAL),
  enterprise: licence('ent250', 'ent', { size: 250, leak: 5 }),
  basic: licence('basic', 'basic', USUAL, false)
}

/** The licence of the portals: the Professional plan, unless the switch says otherwise. */
export const licenceOf = (trouble: Trouble): Licence => LICENCES[trouble.licence]
