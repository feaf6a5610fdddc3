import type { FastifyInstance } from 'fastify'
import { withDeadline } from '../queues/deadline.ts'
import { find, type Finding } from './finding.ts'
import { isCutOff, type Probed, type Prober } from './probe.ts'

/** Milliseconds that clocks may differ: tokens are refreshed a minute before they end. */
const tolerance = 60_000

// As the service asks, with a token that nobody has: there is an error to tell.
const question = {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ auth: 'made-up' })
} as const

function faultOf (server: string, { failure, status, text }: Probed): Finding | undefined {
  if (failure !== undefined) return find('oauth-unreachable', server, failure)
  if (status >= 500) return find('oauth-unavailable', server, status)
  return /^\s*\{.*"error"/s.test(text) ? undefined : find('oauth-unknown', server)
}

/** Which servers answer, and what their clocks say. */
export async function checkServers (
  servers: readonly string[], { probe }: Pick<Prober, 'probe'>, now = Date.now
): Promise<{ findings: Finding[], answering: string[], isOffline: boolean }> {
  const results = await Promise.all(servers.map(async server => {
    const answer = await probe(`${server}/rest/app.info`, question)
    const skew = Date.parse(String(answer.headers['date'])) - now()
    return { server, skew, isCutOff: isCutOff(answer), finding: faultOf(server, answer) }
  }))
  const good = results.filter(({ finding }) => finding === undefined)
  const findings = results.flatMap(({ finding }) => finding ?? [])
  const skewed = good.find(({ skew }) => Math.abs(skew) > tolerance)
  if (skewed !== undefined) {
    const seconds = Math.round(Math.abs(skewed.skew) / 1000)
    findings.push(find('clock', seconds, skewed.skew > 0 ? 'behind' : 'ahead of', skewed.server))
  }
  return {
    findings,
    answering: good.map(({ server }) => server),
    isOffline: results.every(({ isCutOff }) => isCutOff)
  }
}

const late = () => new Error('the authorization servers did not answer in time')

/** Whether the servers know the application and its secret: asked with a made-up refresh token, which spends none. */
export async function checkClient (
  { authorizationServers }: FastifyInstance['authToken'], servers: readonly string[], timeout: number
): Promise<Finding[]> {
  if (servers.length === 0) return []
  const ask = async (server: string) => {
    const said = await authorizationServers.refresh(server, 'made-up-to-check-the-client', '').catch(() => undefined)
    return said !== undefined && 'error' in said ? said.error : undefined
  }
  const codes = await withDeadline(timeout, late, () => Promise.all(servers.map(ask))).catch(() => undefined)
  if (codes === undefined) return [find('client-unchecked')]
  // Not every server knows every application.
  if (codes.some(code => code !== 'invalid_client' && code !== 'wrong_client')) return []
  return [find(codes.includes('invalid_client') ? 'client-secret' : 'client-id')]
}
