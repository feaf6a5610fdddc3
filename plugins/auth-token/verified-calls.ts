import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { PageSessionError } from '../../src/errors.ts'
import { proofChannel, type ProofMessage } from '../../src/diagnostics/measurements.ts'
import { upTo } from '../../src/lru.ts'
import type { PlacementBody } from '../../src/schemas/placement.ts'
import type { UnverifiedCall, VerifiedCall, Verify } from './calls.ts'
import { createTenantCache } from './tenant-cache.ts'

/**
 * Whether a token lasts that expires then. No token of Bitrix24 does for longer than an hour: if this one seems to, the
 * clock was put back, and only the authorization server knows.
 */
export const isAlive = (expiresAt: number, now: number): boolean => expiresAt > now && expiresAt <= now + 3_600_000

/** What a placement call says of itself. */
export const unverifiedCall = ({ body, ip }: { body: PlacementBody, ip: string }): UnverifiedCall => ({
  memberId: body.member_id,
  authId: body.AUTH_ID ?? '',
  applicationToken: body.APPLICATION_TOKEN ?? '',
  serverEndpoint: body.SERVER_ENDPOINT ?? '',
  ip,
  installing: false
})

export type Epochs = ReturnType<typeof createEpochs>

/** A page that makes a call: who opened it, by its session. */
export interface Page { memberId: string, userId: number }

/** Verifies the user of a page by the access token that it brings, which takes the place of an application token. */
export const createVerifyUserOf = (verify: Verify) =>
  async ({ memberId, userId }: Page, authId: string, ip: string): Promise<VerifiedCall> => {
    const call = await verify({
      memberId, authId, applicationToken: '', serverEndpoint: '', ip, installing: false, pageOf: userId
    })
    if (call.userId !== userId) throw new PageSessionError()
    return call
  }

/**
 * Tells whether the installation of a portal has changed since something began. It counts instead of reading a clock,
 * so that two events of one millisecond have an order. Remembers the newest epochs of `max` portals; for all others,
 * the last one that was forgotten counts.
 */
export function createEpochs (max = 10_000) {
  let moment = 0
  let forgotten = 0
  // Only `end` moves an entry, so the one that is pushed out began before all others.
  const begun = new LRUCache<string, number>({
    ...upTo(max),
    dispose (began, _memberId, reason) { if (reason === 'evict') forgotten = began }
  })
  return {
    /** The present moment, to keep with what begins now */
    now: () => moment,
    /** The moment at which the portal's present epoch began: what began earlier no longer counts */
    since: (memberId: string): number => begun.peek(memberId) ?? forgotten,
    /** Ends the portal's present epoch */
    end (memberId: string): void { begun.set(memberId, ++moment) }
  }
}

export interface CacheOptions {
  epochs: Epochs
  now: () => number
  max?: number
}

const digest = (fields: ReadonlyArray<string | number | undefined>) => hash('sha256', JSON.stringify(fields), 'base64')

/**
 * Keeps verified calls until their token expires or the installation changes: one of each token, and no portal pushes
 * out those of another. Keys are hashes; no token is kept.
 */
export function remembered (verify: Verify, { epochs, now, max = 10_000 }: CacheOptions): Verify {
  interface Entry { verified: Omit<VerifiedCall, 'accessToken'>, posted: string, begun: number }
  const entries = createTenantCache<Entry>(max)
  return async call => {
    if (call.installing) return await verify(call)
    const { memberId, authId, applicationToken, serverEndpoint, pageOf } = call
    const key = digest([memberId, authId, pageOf])
    const posted = digest([applicationToken, serverEndpoint])
    const entry = entries.get(key)
    const isSame = entry?.posted === posted && isAlive(entry.verified.expiresAt, now())
    if (isSame && entry.begun >= epochs.since(memberId)) {
      if (proofChannel.hasSubscribers) proofChannel.publish({ outcome: 'cached' } satisfies ProofMessage)
      return { ...entry.verified, accessToken: authId }
    }
    const begun = epochs.now()
    const { accessToken, ...verified } = await verify(call)
    entries.set(memberId, key, { verified, posted, begun })
    return { ...verified, accessToken }
  }
}
