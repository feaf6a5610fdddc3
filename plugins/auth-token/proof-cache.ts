import { LRUCache } from 'lru-cache'
import {
  AuthIdExpiredError, AuthIdUnknownError, NotInstalledError, PaymentRequiredError, PortalAddressError
} from '../../src/errors.ts'
import { proofChannel, type ProofMessage } from '../../src/diagnostics/measurements.ts'
import { upTo } from '../../src/lru.ts'
import type { Ask, Proof, Prove, Question } from './calls.ts'
import { createTenantCache } from './tenant-cache.ts'
import { isAlive, type CacheOptions, type Epochs } from './verified-calls.ts'

// Long enough to stop a storm of calls, short enough for those who fix its cause.
const errorTime = 10_000

// What these say of a token is an answer. Outages and limits say nothing of it.
const answers = [AuthIdUnknownError, AuthIdExpiredError, NotInstalledError, PaymentRequiredError, PortalAddressError]
const isAnswer = (error: unknown): error is Error => answers.some(kind => error instanceof kind)

/**
 * Caches proofs until their token expires or the installation changes, and errors for ten seconds. Forged calls can
 * only push out errors, never proofs, and calls of a portal no proofs of another. Of a portal that may have been
 * uninstalled, only a new proof counts.
 */
export function cached (prove: Prove, { epochs, now, max = 10_000 }: CacheOptions): Ask {
  const proofs = createTenantCache<{ proof: Proof, until: number, begun: number }>(max)
  const errors = new LRUCache<string, { error: Error, until: number }>(upTo(max))

  // Also false when the clock was put back.
  const isShort = (until: number) => until > now() && until <= now() + errorTime

  function find (key: string): Proof | undefined {
    const entry = proofs.get(key)
    if (entry === undefined) return undefined
    if (!(entry.proof.installed ? isAlive(entry.until, now()) : isShort(entry.until))) return undefined
    return entry.begun < epochs.since(entry.proof.memberId) ? undefined : entry.proof
  }

  return async question => {
    const { key, known } = question
    const isDoubtful = known !== undefined && (known.uninstallRequestedAt !== null || known.uninstalledAt !== null)
    const found = isDoubtful ? undefined : find(key)
    if (found !== undefined) {
      proofChannel.publish({ outcome: 'cached' } satisfies ProofMessage)
      return { proof: found, isNew: false }
    }
    const failed = errors.get(key)
    if (failed !== undefined && isShort(failed.until)) {
      proofChannel.publish({ outcome: 'refused' } satisfies ProofMessage)
      throw failed.error
    }

    const begun = epochs.now()
    try {
      const proof = await prove(question)
      // "Not installed yet" is about to change.
      const until = proof.installed ? proof.expiresAt : Math.min(proof.expiresAt, now() + errorTime)
      proofs.set(proof.memberId, key, { proof, until, begun })
      return { proof, isNew: true }
    } catch (error) {
      if (isAnswer(error)) errors.set(key, { error, until: now() + errorTime })
      throw error
    }
  }
}

/** Only calls of one epoch share an answer. The store may know of an uninstall before it notifies. */
export const sharingKey = ({ key, servers, memberId, known }: Question, epochs: Epochs): string => [
  key, epochs.since(memberId), known?.installedAt, known?.uninstallRequestedAt, known?.uninstalledAt, ...servers
].join(' ')

/** Puts a question once for all who ask it at the same time. */
export function shared<Q, A> (
  ask: (question: Q) => Promise<A>, keyOf: (question: Q) => string
): (question: Q) => Promise<A> {
  const running = new Map<string, Promise<A>>()
  return async question => {
    const key = keyOf(question)
    const found = running.get(key)
    if (found !== undefined) proofChannel.publish({ outcome: 'shared' } satisfies ProofMessage)
    const answer = found ?? ask(question).finally(() => running.delete(key))
    running.set(key, answer)
    return await answer
  }
}
