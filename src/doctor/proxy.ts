import type { LightMyRequestResponse } from 'fastify'
import { plainAddress } from '../http/client-address.ts'
import type { SelfReport } from '../http/self-report.ts'
import type { Assembled } from './assemble.ts'
import { find, sentence, type Finding } from './finding.ts'
import type { PublicService } from './public-url.ts'

// Too little to be a call: whoever refuses it in our words is the service.
const form = {
  method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'doctor=1'
} as const

/** What the service answers in this process, without a proxy: a page, and a form that it refuses. */
interface OwnAnswers { page: LightMyRequestResponse, refusal: LightMyRequestResponse }

export async function ownAnswers ({ fastify, errors }: Assembled): Promise<OwnAnswers & { findings: Finding[] }> {
  const page = await fastify.inject('/placement')
  const refusal = await fastify.inject({ ...form, url: '/placement', payload: form.body })
  // Where the error page itself fails, what is refused is refused with JSON.
  const isBroken = page.statusCode >= 500 || !String(refusal.headers['content-type']).startsWith('text/html')
  return { page, refusal, findings: isBroken ? [find('pages', sentence(errors.join('; ')))] : [] }
}

/** What a proxy makes of the service's answers. */
export async function checkProxy (
  { publicUrl, probe }: Omit<PublicService, 'reports'>, own: OwnAnswers
): Promise<Finding[]> {
  const page = await probe(`${publicUrl}/placement`)
  const refusal = await probe(`${publicUrl}/placement`, form)
  const findings: Finding[] = []
  if (page.status !== own.page.statusCode) {
    findings.push(find('proxy-blocks-pages', page.status || 'nothing'))
  } else if (page.headers['content-security-policy'] !== own.page.headers['content-security-policy']) {
    findings.push(find('proxy-policy'))
  }
  if (page.headers['x-frame-options'] !== undefined) findings.push(find('proxy-frame-options'))
  const isOurs = refusal.status === own.refusal.statusCode && refusal.text.includes('B24_ERR_')
  return isOurs ? findings : [...findings, find('proxy-blocks-posts', refusal.status || 'nothing')]
}

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
