import { withDeadline } from '../queues/deadline.ts'
import type { Assembled } from './assemble.ts'
import { checkBindings } from './bindings.ts'
import type { StoredPortal } from './database.ts'
import { find, type Finding } from './finding.ts'
import { examineSystemUser, examineTokens } from './tokens.ts'

const atOnce = 4
const late = new Error('the portal did not answer in time')

function unanswered (error: Error & { portalCode?: string }): Finding {
  if (error === late) return find('portal-timeout')
  const { portalCode = '', message } = error
  if (portalCode.toUpperCase() === 'PAYMENT_REQUIRED') return find('portal-payment')
  return portalCode === '' ? find('portal-unreachable', message) : find('portal-refused', portalCode)
}

async function checkPortal (portal: StoredPortal, assembled: Assembled): Promise<Finding[]> {
  const examined = await examineTokens(portal, assembled.fastify)
  const findings = 'finding' in examined
    ? [examined.finding]
    : await checkBindings(portal.installation, examined.tokens, assembled)
  return [...findings, ...await examineSystemUser(portal, assembled.fastify)]
}

/** Checks each portal, a few at a time, for so many milliseconds each. */
export async function checkPortals (
  portals: readonly StoredPortal[], assembled: Assembled, timeout: number
): Promise<Finding[]> {
  const queue = portals.entries()
  const found: Finding[][] = []
  const work = async () => {
    // Shared by all who take from it.
    for (const [index, portal] of queue) {
      const findings = await withDeadline(timeout, () => late, () => checkPortal(portal, assembled))
        .catch((error: Error) => [unanswered(error)])
      found[index] = findings.map(finding => ({ ...finding, portal: portal.installation.domain }))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return found.flat()
}
