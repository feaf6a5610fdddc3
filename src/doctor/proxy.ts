import type { FastifyInstance } from 'fastify'
import { fault, type Finding } from './finding.ts'
import type { PublicService } from './public-url.ts'

// Too little to be a call: whoever refuses it in our words is the service.
const form = {
  method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'doctor=1'
} as const

/** What a proxy makes of the service's answers. In: the same service in this process, which has no proxy. */
export async function checkProxy (
  { publicUrl, probe }: Omit<PublicService, 'reports'>, service: FastifyInstance
): Promise<Finding[]> {
  const [page, ours] = [await probe(`${publicUrl}/placement`), await service.inject('/placement')]
  const [refused, refusal] = [
    await probe(`${publicUrl}/placement`, form),
    await service.inject({ ...form, url: '/placement', payload: form.body })
  ]
  const findings: Finding[] = []
  if (page.status !== ours.statusCode) {
    findings.push(fault('proxy-blocks-pages', `PUBLIC_URL/placement answers with ${page.status || 'nothing'} in ` +
      'place of the page of the service: have the proxy forward all paths, without a login or a filter.'))
  } else if (page.headers['content-security-policy'] !== ours.headers['content-security-policy']) {
    findings.push(fault('proxy-policy', 'A proxy changes or adds to the Content-Security-Policy, so portals cannot ' +
      'frame the pages: remove this header from its configuration.'))
  }
  if (page.headers['x-frame-options'] !== undefined) {
    findings.push(fault('proxy-frame-options', 'A proxy adds X-Frame-Options, so portals show an empty frame: remove ' +
      'this header from its configuration.'))
  }
  if (refused.status !== refusal.statusCode || !refused.text.includes('B24_ERR_')) {
    findings.push(fault('proxy-blocks-posts', 'A form posted to PUBLIC_URL/placement is answered with ' +
      `${refused.status || 'nothing'} by somebody else than the service: have the proxy or firewall let POST through.`))
  }
  return findings
}
