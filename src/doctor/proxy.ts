import { find, type Finding } from './finding.ts'
import { form, type OwnAnswers } from './pages.ts'
import type { PublicService } from './public-url.ts'

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
