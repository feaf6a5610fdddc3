import { randomUUID } from 'node:crypto'
import { createSelfReports, selfReportHeader, selfReportPath, type SelfReport } from '../http/self-report.ts'
import { fault, type Finding } from './finding.ts'
import type { Failure, Probed, Prober } from './probe.ts'

export interface PublicService {
  /** Address by which Bitrix24 reaches the service, without a trailing slash */
  publicUrl: string
  probe: Prober['probe']
  reports: ReturnType<typeof createSelfReports>
}

const failures: Record<Failure, string> = {
  dns: 'its host has no address: correct PUBLIC_URL, or the name at your DNS provider',
  timeout: 'no answer came in time: check the firewall, and that the proxy forwards to the service',
  tls: 'no HTTPS connection with a certificate that browsers accept: mend the certificate of the proxy',
  unreachable: 'nothing takes connections there: start the service and its proxy, or correct PUBLIC_URL'
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
  if (failure !== undefined) return fault(`public-url-${failure}`, `PUBLIC_URL: ${failures[failure]}.`)
  if (status >= 300 && status < 400) {
    const place = placeOf(String(headers['location']), publicUrl)
    return fault('public-url-redirect', `PUBLIC_URL redirects to ${place}, and a form that is posted gets lost on ` +
      'the way: set PUBLIC_URL to where it ends, or remove the redirect from the proxy.')
  }
  if (status >= 502 && status <= 504) {
    return fault('public-url-no-service', `PUBLIC_URL: the proxy answers with ${status}, as it does not reach the ` +
      'service: start it, and have the proxy forward to HOST and PORT.')
  }
  if (text.includes('"B24_ERR_NOT_FOUND"')) {
    return fault('public-url-other-settings', 'PUBLIC_URL leads to a service with another APP_SECRET or ' +
      'B24_CLIENT_ID than these settings have: correct them, or restart it with them.')
  }
  return fault('public-url-other-service', `PUBLIC_URL: something else than this service answers, with ${status}: ` +
    'correct PUBLIC_URL, or have the proxy forward all its paths to the service, unchanged.')
}
