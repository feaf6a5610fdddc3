import type { SelfReport } from '../http/self-report.ts'
import { plainAddress } from '../http/client-address.ts'
import { find, type Finding } from './finding.ts'

/** An address of documentation (RFC 5737), which nobody has. */
export const inventedAddress = '203.0.113.7'

/**
 * X-Forwarded-For against TRUST_PROXY.
 *
 * @param plain of a request without the header
 * @param invented of one that claimed to come from `inventedAddress`
 */
export function checkForwarded (plain: SelfReport, invented: SelfReport | undefined): Finding[] {
  const { peer, isTrusted, forwardedFor } = plain
  const address = String(plainAddress(peer))
  if (!isTrusted) return forwardedFor === undefined ? [] : [find('proxy-untrusted', address)]
  if (forwardedFor === undefined) return [find('forwarded-missing', address)]
  return invented?.forwardedFor === inventedAddress ? [find('forwarded-passed-on', address)] : []
}
