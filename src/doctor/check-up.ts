import { loadConfig, type Config, type ConfigError } from '../config.ts'
import { createKeyRing } from '../crypto/keys.ts'
import { isPrivateHost } from '../http/frame.ts'
import { createSelfReports } from '../http/self-report.ts'
import { redactSecrets } from '../log/logger.ts'
import { assemble, type Assembled } from './assemble.ts'
import { checkClient, checkServers, judgeUnavailable } from './authorization-servers.ts'
import { examineDatabase, type PortalSelection } from './database.ts'
import { find, sentence, type Finding } from './finding.ts'
import { checkPortals } from './portals.ts'
import { createProber, isCutOff, type Prober } from './probe.ts'
import { checkForwarded, checkProxy, inventedAddress, ownAnswers } from './proxy.ts'
import { askService, misdirection } from './public-url.ts'

export interface CheckUpOptions extends PortalSelection {
  env: Record<string, string | undefined>
  /** Milliseconds for each check */
  timeout: number
}

/** PUBLIC_URL, and what lies between it and the service. Offline: nothing was reached. */
async function checkWay ({ publicUrl, appSecret, clientId }: Config, { probe }: Prober, assembled: Assembled) {
  const { findings, ...own } = await ownAnswers(assembled)
  const service = { publicUrl, probe, reports: createSelfReports(createKeyRing(appSecret), clientId) }
  const { answer, report } = await askService(service)
  if (report === undefined) {
    return { findings: [...findings, misdirection(publicUrl, answer)], isOffline: isCutOff(answer) }
  }
  const invented = await askService(service, { 'x-forwarded-for': inventedAddress })
  findings.push(...checkForwarded(report, invented.report), ...await checkProxy(service, own))
  return { findings, isOffline: false }
}

/** What cannot be seen from here, as this machine may know names that nobody outside does. */
function insideNotes ({ publicUrl, allowInsecurePortals }: Config): Finding[] {
  const isInside = allowInsecurePortals === false && isPrivateHost(new URL(publicUrl).hostname)
  return isInside ? [find('public-url-private')] : []
}

async function checkWorld (config: Config, assembled: Assembled, options: CheckUpOptions): Promise<Finding[]> {
  const { timeout, domain, limit } = options
  const prober = createProber(timeout)
  try {
    const [way, servers, database] = await Promise.all([
      checkWay(config, prober, assembled),
      checkServers(config.oauthServers, prober),
      examineDatabase(config, { domain, limit }, timeout)
    ])
    const { findings, portals } = database
    if (servers.isOffline && way.isOffline) return [find('no-network'), ...findings]
    const { isKnown, findings: client } = await checkClient(assembled.fastify.authToken, servers.answering, timeout)
    return [
      ...insideNotes(config), ...way.findings, ...servers.findings, ...judgeUnavailable(servers, isKnown, portals),
      ...client, ...findings,
      ...await checkPortals(portals, assembled, timeout)
    ]
  } finally {
    prober.close()
  }
}

/** The settings, or a fault for each variable. */
function readConfig (env: CheckUpOptions['env']): { config: Config } | { faults: Finding[] } {
  try {
    return { config: loadConfig(env) }
  } catch (error) {
    const { message } = error as ConfigError // nothing else is thrown
    return { faults: message.split('\n').map(line => find('variable', sentence(line))) }
  }
}

/** Checks the settings against the world. Changes nothing, neither here nor there. */
export async function checkUp (options: CheckUpOptions): Promise<Finding[]> {
  const read = readConfig(options.env)
  if ('faults' in read) return read.faults
  const { config } = read
  const assembled = await assemble(config).catch((error: Error) => error)
  const findings = assembled instanceof Error
    ? [find('application', sentence(assembled.message))]
    : await checkWorld(config, assembled, options).finally(assembled.close)
  const secrets = [config.clientSecret, ...config.appSecret.split(','), config.metricsToken]
  return findings.map(finding => ({ ...finding, message: redactSecrets(finding.message, secrets) }))
}
