import { checkUp } from '../doctor/check-up.ts'
import type { Finding } from '../doctor/finding.ts'
import { originOf, UsageError, type Arguments, type Command } from './command.ts'

/** A whole number from 1 on, as text. */
function numberOf (values: Arguments['values'], name: string, usual: number): number {
  const { [name]: text = String(usual) } = values
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 3600) {
    throw new UsageError(`--${name} must be a whole number from 1 to 3600.`)
  }
  return value
}

function report (findings: readonly Finding[]): string {
  const lines = findings.map(({ level, code, portal, message }) =>
    `${level.padEnd(5)}  ${code}${portal === undefined ? '' : ` (${portal})`}\n       ${message}`)
  const faults = findings.filter(({ level }) => level === 'fault').length
  return [...lines, faults === 0 ? 'No faults found.' : `Faults found: ${faults}.`].join('\n')
}

const usage = `Usage: fastify-bitrix24 doctor [--json] [--portal DOMAIN] [--portals NUMBER] [--timeout SECONDS]

Checks the settings against the world, and says for each fault where to fix it. Changes nothing, and spends no
refresh token. Ends with 0 when all is well, 1 when there are faults, 2 when it was used in a wrong way.

  --json             prints { healthy, findings: [{ code, level, message, portal }] }
  --portal DOMAIN    looks at this portal only
  --portals NUMBER   looks at so many portals, those called last first; default: 20
  --timeout SECONDS  for each check; default: 10`

const doctor: Command = {
  usage,
  options: {
    json: { type: 'boolean' }, portal: { type: 'string' }, portals: { type: 'string' }, timeout: { type: 'string' }
  },
  maxPositionals: 0,
  async run ({ values }) {
    const { portal } = values
    const findings = await checkUp({
      env: process.env,
      timeout: numberOf(values, 'timeout', 10) * 1000,
      limit: numberOf(values, 'portals', 20),
      domain: portal === undefined ? undefined : new URL(originOf(String(portal))).host
    })
    const healthy = findings.every(({ level }) => level !== 'fault')
    console.log(values['json'] === true ? JSON.stringify({ healthy, findings }, null, 2) : report(findings))
    return healthy ? 0 : 1
  }
}
export default doctor
