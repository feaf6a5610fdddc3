import type { SelfReport } from '../http/self-report.ts'
import { plainAddress } from '../http/client-address.ts'
import { fault, type Finding } from './finding.ts'

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
  const address = plainAddress(peer)
  if (!isTrusted && forwardedFor !== undefined) {
    return [fault('proxy-untrusted', `TRUST_PROXY does not name the proxy ${address}, so all its clients share one ` +
      `limit: set TRUST_PROXY=${address}, or the network it is in.`)]
  }
  if (isTrusted && forwardedFor === undefined) {
    return [fault('forwarded-missing', `The proxy ${address}, which TRUST_PROXY names, sends no X-Forwarded-For, so ` +
      'all its clients share one limit: have it send the address of the client.')]
  }
  if (isTrusted && invented?.forwardedFor === inventedAddress) {
    return [fault('forwarded-passed-on', `The proxy ${address} passes X-Forwarded-For on as the client wrote it, so ` +
      'anybody can pretend to be anybody: have it append the address of the client, or replace the header.')]
  }
  return []
}
