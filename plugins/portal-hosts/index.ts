import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { postedAddress } from '../../src/http/frame.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'
import type { VerifiedCall } from '../auth-token/verify-call.ts'

export interface PortalHostsOptions {
  store: Pick<InstallationStore, 'get' | 'rememberHost'>
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

type Caller = Pick<VerifiedCall, 'memberId' | 'userId' | 'origin'>

declare module 'fastify' {
  interface FastifyInstance {
    portalHosts: {
      /** Says who may frame the answer to a proven call: sets `request.frameAncestor` and `request.otherFrameAncestor`. */
      allow: (request: FastifyRequest, caller: Caller) => Promise<void>
      /** Remembers the address of a call as one of the installation's. Only for calls of an administrator. */
      remember: (request: FastifyRequest, caller: Caller) => Promise<void>
    }
  }
}

// Milliseconds
const answerTime = 120_000

/**
 * Portals with more than one name. The authorization server knows one of them, and that one may always frame our pages. Of another
 * one a call only claims that the portal was opened there, which any user could write: a page in a stranger's frame could be made
 * to be clicked. What can be proven is who calls. So an administrator who opens the application at another name vouches for it,
 * as they could move the whole portal there; from then on it is a host of that installation, for all its users, until it ends.
 */
async function portalHosts (fastify: FastifyInstance, { store, now = Date.now }: PortalHostsOptions) {
  // Each user is asked about once in a while, at each host; the keys are hashes.
  const answers = new LRUCache<string, Promise<boolean>>({ max: 10_000, ttl: answerTime, ttlResolution: 0, perf: { now } })

  const otherHost = (request: FastifyRequest, caller: Caller): string | undefined => {
    const { origin } = postedAddress(request)
    return origin === null || origin === caller.origin ? undefined : origin
  }

  async function keep (memberId: string, host: string): Promise<void> {
    await store.rememberHost(memberId, host, now()).catch((err: unknown) => fastify.log.error({ err }, 'a second host of a portal could not be remembered'))
  }

  async function ask (request: FastifyRequest, memberId: string, host: string): Promise<boolean> {
    if (!await fastify.portalRest.isAdmin(request)) {
      // The host is posted text, so it stands in no line.
      request.log.warn({ member: memberHash(memberId) }, 'a portal was opened at another host than its own: an administrator has to open the application there once')
      return false
    }
    await keep(memberId, host)
    return true
  }

  async function isHost (request: FastifyRequest, { memberId, userId }: Caller, host: string): Promise<boolean> {
    const row = await store.get(memberId).catch(() => undefined)
    if (row?.hosts.includes(host) === true) return true
    // Without the user's token nobody can be asked.
    if (request.authToken === null) return false
    const key = hash('sha256', `${memberId} ${userId} ${host}`, 'base64')
    const answer = answers.get(key) ?? ask(request, memberId, host)
    answers.set(key, answer)
    return await answer
  }

  fastify.decorate('portalHosts', {
    async allow (request, caller) {
      const host = otherHost(request, caller)
      request.frameAncestor = caller.origin
      if (host !== undefined && await isHost(request, caller, host)) request.otherFrameAncestor = host
    },
    async remember (request, caller) {
      const host = otherHost(request, caller)
      if (host !== undefined) await keep(caller.memberId, host)
    }
  })
}

export default fp(portalHosts, { fastify: '5.x', name: 'b24-portal-hosts', dependencies: ['b24-portal-rest', 'b24-frame-ancestors'] })
