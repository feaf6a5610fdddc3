import type { AppOptions } from '../app.ts'
import { ConfigError, loadConfig, type Config } from '../config.ts'
import { createKeyRing } from '../crypto/keys.ts'
import { isPrivateHost } from '../http/frame.ts'
import { createSelfReports } from '../http/self-report.ts'
import { redactSecrets } from '../log/logger.ts'
import { withDeadline } from '../queues/deadline.ts'
import { assemble, type Assembled } from './assemble.ts'
import { checkClient, checkServers } from './authorization-servers.ts'
import { examineDatabase } from './database.ts'
import { fault, note, type Finding } from './finding.ts'
import { checkForwarded, inventedAddress } from './forwarded.ts'
import { checkPortals } from './portals.ts'
import { createProber, type Prober } from './probe.ts'
import { checkProxy } from './proxy.ts'
import { askService, misdirection } from './public-url.ts'

export interface CheckUpOptions {
  env: Record<string, string | undefined>
  /** Milliseconds for each check */
  timeout: number
  /** Domain of the only portal to look at */
  domain?: string | undefined
  /** How many portals to look at, at most */
  limit: number
  /** Further folders of the application */
  app?: Partial<AppOptions>
}

/** A variable is named at the beginning of each line. */
const variableFaults = ({ message }: ConfigError): Finding[] =>
  message.split('\n').map(line => fault('variable', `${line}.`))

/** PUBLIC_URL, and what lies between it and the service. Out: whether anything was reached. */
async function checkWay ({ publicUrl, appSecret, clientId }: Config, { probe }: Prober, { fastify }: Assembled) {
  const service = { publicUrl, probe, reports: createSelfReports(createKeyRing(appSecret), clientId) }
  const { answer, report } = await askService(service)
  if (report === undefined) {
    return { findings: [misdirection(publicUrl, answer)], isReached: answer.failure === undefined }
  }
  const invented = await askService(service, { 'x-forwarded-for': inventedAddress })
  return {
    findings: [...checkForwarded(report, invented.report), ...await checkProxy(service, fastify)], isReached: true
  }
}

/** Where nothing was asked from outside, outside may look different. */
function insideNotes ({ publicUrl, allowInsecurePortals }: Config): Finding[] {
  const isInside = allowInsecurePortals === false && isPrivateHost(new URL(publicUrl).hostname)
  return isInside
    ? [note('public-url-private', 'PUBLIC_URL names a host that only this machine or network knows, and portals ' +
      'outside cannot open it: set it to a public name.')]
    : []
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
    if (servers.isOffline && !way.isReached) {
      return [...findings, fault('no-network', 'Neither PUBLIC_URL nor an authorization server can be reached: ' +
        'connect this machine to the network. Only variables and database were checked.')]
    }
    const late = () => new Error('late')
    const client = servers.answering.length === 0
      ? []
      : await withDeadline(timeout, late, () => checkClient(assembled.fastify.authToken, servers.answering))
        .catch(() => [note('client-unchecked', 'The authorization server took too long to say whether it knows ' +
          'B24_CLIENT_ID.')])
    return [
      ...insideNotes(config), ...way.findings, ...servers.findings, ...client, ...findings,
      ...await checkPortals(portals, assembled, timeout)
    ]
  } finally {
    await prober.close()
  }
}

async function examine (options: CheckUpOptions): Promise<Finding[]> {
  const config = loadConfig(options.env)
  const assembled = await assemble(config, options.app).catch((error: Error) => error)
  if (assembled instanceof Error) {
    return [fault('application', `The service cannot start: ${assembled.message}.`)]
  }
  try {
    const secrets = [config.clientSecret, ...config.appSecret.split(','), config.metricsToken]
    const findings = await checkWorld(config, assembled, options)
    return findings.map(finding => ({ ...finding, message: redactSecrets(finding.message, secrets) }))
  } finally {
    await assembled.close()
  }
}

/** Checks the settings against the world. Changes nothing, there and here. */
export async function checkUp (options: CheckUpOptions): Promise<Finding[]> {
  return await examine(options).catch((error: unknown) => {
    if (error instanceof ConfigError) return variableFaults(error)
    throw error
  })
}
