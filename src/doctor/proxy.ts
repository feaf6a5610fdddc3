import type { FastifyInstance } from 'fastify'
import { find, type Finding } from './finding.ts'
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
    findings.push(find('proxy-blocks-pages', page.status || 'nothing'))
  } else if (page.headers['content-security-policy'] !== ours.headers['content-security-policy']) {
    findings.push(find('proxy-policy'))
  }
  if (page.headers['x-frame-options'] !== undefined) findings.push(find('proxy-frame-options'))
  const isOurs = refused.status === refusal.statusCode && refused.text.includes('B24_ERR_')
  return isOurs ? findings : [...findings, find('proxy-blocks-posts', refused.status || 'nothing')]
}
