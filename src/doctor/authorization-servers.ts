import type { FastifyInstance } from 'fastify'
import { withDeadline } from '../queues/deadline.ts'
import { serverOf } from '../http/server-address.ts'
import type { StoredPortal } from './database.ts'
import { find, type Finding } from './finding.ts'
import { isCutOff, type Prober } from './probe.ts'

/** Milliseconds that clocks may differ: tokens are refreshed a minute before they end. */
const tolerance = 60_000

// As the service asks, with a token that nobody has: an authorization server answers with an error.
const question = {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ auth: 'made-up' })
} as const

type ServersReport = Awaited<ReturnType<typeof checkServers>>

/** Which servers answer, and what their clocks say. */
export async function checkServers (
  servers: readonly string[], { probe }: Pick<Prober, 'probe'>, now = Date.now
) {
  const results = await Promise.all(servers.map(async server => {
    const answer = await probe(`${server}/rest/app.info`, question)
    const { failure, status, headers, text } = answer
    return {
      server,
      why: failure ?? (status >= 500 ? status : undefined),
      isKnown: /^\s*\{.*"error"/s.test(text),
      skew: Date.parse(String(headers['date'])) - now(),
      isCutOff: isCutOff(answer)
    }
  }))
  const unavailable = results.flatMap(({ server, why }) => why === undefined ? [] : [{ server, why }])
  const answers = results.filter(({ why }) => why === undefined)
  const good = answers.filter(({ isKnown }) => isKnown)
  const findings = answers.filter(({ isKnown }) => !isKnown).map(({ server }) => find('oauth-unknown', server))
  const skewed = good.find(({ skew }) => Math.abs(skew) > tolerance)
  if (skewed !== undefined) {
    const seconds = Math.round(Math.abs(skewed.skew) / 1000)
    findings.push(find('clock', seconds, skewed.skew > 0 ? 'behind' : 'ahead of', skewed.server))
  }
  return {
    findings,
    /** Those that do not answer, with the kind of failure or the status */
    unavailable,
    answering: good.map(({ server }) => server),
    isOffline: results.every(({ isCutOff }) => isCutOff)
  }
}

/** One that does not answer is not a fault while another knows the application, and no portal belongs to it. */
export function judgeUnavailable (
  { unavailable }: ServersReport, isClientKnown: boolean, portals: readonly StoredPortal[]
): Finding[] {
  return unavailable.map(({ server, why }) => {
    const isNeeded = portals.some(({ installation }) => serverOf(installation.serverEndpoint, [server]) !== undefined)
    if (isClientKnown && !isNeeded) return find('oauth-other-unavailable', server, why)
    return find(typeof why === 'string' ? 'oauth-unreachable' : 'oauth-unavailable', server, why)
  })
}

const late = () => new Error('the authorization servers did not answer in time')
const refusals = ['invalid_client', 'wrong_client']

/** Whether the servers know the application and its secret. */
export async function checkClient (
  { authorizationServers }: FastifyInstance['authToken'], servers: readonly string[], timeout: number
): Promise<{ isKnown: boolean, findings: Finding[] }> {
  if (servers.length === 0) return { isKnown: false, findings: [] }
  const ask = () => Promise.all(servers.map(authorizationServers.clientError))
  const codes = await withDeadline(timeout, late, ask).catch((): Array<string | undefined> => [undefined])
  // Not every server knows every application.
  const isKnown = codes.some(code => code !== undefined && !refusals.includes(code))
  if (isKnown) return { isKnown, findings: [] }
  if (codes.includes(undefined)) return { isKnown, findings: [find('client-unchecked')] }
  return { isKnown, findings: [find(codes.includes('invalid_client') ? 'client-secret' : 'client-id')] }
}
