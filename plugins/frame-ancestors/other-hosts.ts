import { hash } from 'node:crypto'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { audit, createRefusalAudit } from '../../src/log/audit.ts'
import { upTo } from '../../src/lru.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import type { VerifiedCall } from '../auth-token/calls.ts'

export interface OtherHostsOptions {
  store: Pick<InstallationStore, 'get' | 'rememberHost'>
  /** Asks the portal whether the user of the call is its administrator */
  isAdmin: (request: FastifyRequest) => Promise<boolean>
  log: Pick<FastifyBaseLogger, 'error'>
}

/** Whose page is framed */
export type FramedCall = Pick<VerifiedCall, 'memberId' | 'userId' | 'origin'>

// Milliseconds
const answerTime = 120_000

/**
 * Portals with more than one host. The authorization server names one; that a call was made at another is posted text,
 * and a stranger's page could trick users into clicking ours in its frame. So an administrator, who could move the
 * whole portal there, has to open the application at that host once. Then it is a host of the installation, for all.
 */
export function createOtherHosts ({ store, isAdmin, log }: OtherHostsOptions) {
  // Each user is asked about once in a while, for each host. The keys are hashes.
  const answers = new LRUCache<string, Promise<boolean>>({ ...upTo(10_000), ttl: answerTime })

  const auditRefusal = createRefusalAudit(Date.now)
  // Without the host, which is posted text.
  const fieldsOf = ({ ip }: FastifyRequest, { memberId: member, userId: user }: FramedCall) => ({ ip, member, user })

  async function keep (request: FastifyRequest, call: FramedCall, host: string): Promise<void> {
    await store.rememberHost(call.memberId, host, Date.now()).then(
      () => audit(request.log, 'host.added', fieldsOf(request, call)),
      (err: unknown) => log.error({ err }, 'could not store another host of a portal')
    )
  }

  /** The hosts of an installation; undefined: there is none; null: the store does not answer. */
  async function hostsOf ({ memberId }: FramedCall): Promise<string[] | null | undefined> {
    const row = await store.get(memberId).catch(() => null)
    return row === null ? row : row?.uninstalledAt === null ? row.hosts : undefined
  }

  async function ask (request: FastifyRequest, call: FramedCall, host: string, isStored: boolean): Promise<boolean> {
    const may = await isAdmin(request)
    if (may && isStored) await keep(request, call, host)
    if (!may) auditRefusal(request.log, 'host.refused', fieldsOf(request, call))
    return may
  }

  return {
    /** Stores a host, unless it is known. */
    async remember (request: FastifyRequest, call: FramedCall, host: string): Promise<void> {
      if ((await hostsOf(call))?.includes(host) !== true) await keep(request, call, host)
    },
    /** Whether a host is one of the portal's, as far as it is known or the user can say. */
    async includes (request: FastifyRequest, call: FramedCall, host: string): Promise<boolean> {
      const { memberId, userId } = call
      const hosts = await hostsOf(call)
      if (hosts?.includes(host) === true) return true
      // Without the user's token the portal cannot be asked.
      if (request.verifiedCall === null) return false
      const key = hash('sha256', `${memberId} ${userId} ${host}`, 'base64')
      const answer = answers.get(key) ?? ask(request, call, host, hosts !== undefined)
      answers.set(key, answer)
      return await answer
    }
  }
}
