import type { FastifyInstance } from 'fastify'
import { fault, type Finding } from './finding.ts'
import type { Probed, Prober } from './probe.ts'

/** Milliseconds that clocks may differ: tokens are refreshed a minute before they end. */
const tolerance = 60_000

function faultOf (server: string, { failure, status, text }: Probed): Finding | undefined {
  if (failure !== undefined) {
    return fault('oauth-unreachable', `B24_OAUTH_SERVERS: ${server} cannot be reached (${failure}): let this machine ` +
      'connect to it by HTTPS.')
  }
  if (status >= 500) {
    return fault('oauth-unavailable', `The authorization server ${server} answers with ${status}: wait until ` +
      'Bitrix24 has mended it.')
  }
  if (!/^\s*\{.*"error"/s.test(text)) {
    return fault('oauth-unknown', `B24_OAUTH_SERVERS: ${server} does not answer as an authorization server of ` +
      'Bitrix24 does: correct the address.')
  }
  return undefined
}

/** Which servers answer, and what their clocks say. */
export async function checkServers (
  servers: readonly string[], { probe }: Pick<Prober, 'probe'>, now = Date.now
): Promise<{ findings: Finding[], answering: string[], isOffline: boolean }> {
  const results = await Promise.all(servers.map(async server => {
    const answer = await probe(`${server}/rest/app.info`)
    const skew = Date.parse(String(answer.headers['date'])) - now()
    return { server, skew, failure: answer.failure, finding: faultOf(server, answer) }
  }))
  const good = results.filter(({ finding }) => finding === undefined)
  const findings = results.flatMap(({ finding }) => finding ?? [])
  const skewed = good.find(({ skew }) => Math.abs(skew) > tolerance)
  if (skewed !== undefined) {
    const seconds = Math.round(Math.abs(skewed.skew) / 1000)
    const order = skewed.skew > 0 ? 'behind' : 'ahead of'
    findings.push(fault('clock', `The clock of this machine is ${seconds} s ${order} that of ${skewed.server}: ` +
      'synchronize it (NTP).'))
  }
  return {
    findings,
    answering: good.map(({ server }) => server),
    isOffline: results.every(({ failure }) => failure !== undefined)
  }
}

/** Whether the servers know the application and its secret: asked with a made-up refresh token, which spends none. */
export async function checkClient (
  { authorizationServers }: FastifyInstance['authToken'], servers: readonly string[]
): Promise<Finding[]> {
  const codes = await Promise.all(servers.map(async server => {
    const said = await authorizationServers.refresh(server, 'made-up-to-check-the-client', '').catch(() => undefined)
    return said !== undefined && 'error' in said ? said.error : undefined
  }))
  // Not every server knows every application.
  if (codes.some(code => code !== 'invalid_client' && code !== 'wrong_client')) return []
  if (codes.includes('invalid_client')) {
    return [fault('client-secret', 'B24_CLIENT_SECRET is not the secret of B24_CLIENT_ID: copy both from the ' +
      'application\'s card.')]
  }
  return [fault('client-id', 'No server of B24_OAUTH_SERVERS knows B24_CLIENT_ID: copy it from the application\'s ' +
    'card.')]
}
