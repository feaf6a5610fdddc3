import { randomUUID } from 'node:crypto'
import { createSelfReports, selfReportHeader, selfReportPath, type SelfReport } from '../http/self-report.ts'
import { find, type Finding } from './finding.ts'
import type { Probed, Prober } from './probe.ts'

export interface PublicService {
  /** Address by which Bitrix24 reaches the service, without a trailing slash */
  publicUrl: string
  probe: Prober['probe']
  reports: ReturnType<typeof createSelfReports>
}

/** Asks the service behind PUBLIC_URL how our request arrived; `report` is undefined when somebody else answered. */
export async function askService (
  { publicUrl, probe, reports }: PublicService, headers: Record<string, string> = {}
): Promise<{ answer: Probed, report: SelfReport | undefined }> {
  const nonce = randomUUID()
  const question = await reports.ask(nonce)
  const answer = await probe(publicUrl + selfReportPath, { headers: { ...headers, [selfReportHeader]: question } })
  const [, sealed = ''] = /^\{"report":"([\w.-]+)"\}$/.exec(answer.text) ?? []
  return { answer, report: await reports.read(sealed, nonce) }
}

/** An address without its query, short enough to be read. */
function placeOf (location: string, base: string): string {
  const url = URL.parse(location, base)
  return url === null ? 'no address' : `${url.origin}${url.pathname}`.slice(0, 200)
}

/** Why it is not the service that answered at PUBLIC_URL. */
export function misdirection (publicUrl: string, { failure, status, headers, text }: Probed): Finding {
  if (failure !== undefined) return find(`public-url-${failure}`)
  if (status >= 300 && status < 400) {
    const place = placeOf(String(headers['location']), publicUrl)
    return place === publicUrl + selfReportPath ? find('public-url-loop') : find('public-url-redirect', place)
  }
  if (status >= 502 && status <= 504) return find('public-url-no-service', status)
  // What our service answers to whoever does not know its secret.
  return text.includes('"B24_ERR_NOT_FOUND"')
    ? find('public-url-other-settings')
    : find('public-url-other-service', status)
}
