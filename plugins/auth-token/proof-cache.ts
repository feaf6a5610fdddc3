import { LRUCache } from 'lru-cache'
import type { PortalAddress } from '../../src/store/installation-store.ts'
import { createEpochs } from './epochs.ts'

/** A portal, a user and an application as the authorization server names them. */
export interface Proof extends PortalAddress {
  /** The application that the token was issued for */
  clientId: string
  /** Origin of the portal: scheme, host and port */
  origin: string
  userId: number
  installed: boolean
  /** When the token expires, in milliseconds since 1970 */
  expiresAt: number
}

/** A proof, and what is stored of its portal. */
export interface StoredProof extends Proof {
  /** Since when the application is installed there, in milliseconds since 1970; undefined: nothing is stored */
  installedAt?: number | undefined
}

interface Entry<P extends Proof> {
  proof: P
  /** The proof itself may be good for less than its token */
  until: number
  /** The moment at which the question was put */
  begun: number
}

/**
 * Proofs until their token expires or the installation ends, refusals for a short while; both bounded. Times in milliseconds;
 * moments are those of `Epochs`. Tokens themselves are not kept: a key is the SHA-256 of one.
 */
export interface ProofCache {
  /** The present moment. Read it before anybody is asked: what was begun in an epoch that is over is not good any more. */
  moment: () => number
  /** The moment at which the present epoch of a portal began */
  epoch: (memberId: string) => number
  proof: (key: string, now: number) => Proof | undefined
  refusal: (key: string, now: number) => Error | undefined
  addProof: (key: string, proof: Proof, until: number, begun: number) => void
  addRefusal: (key: string, error: Error, until: number) => void
  /** The proof of a pair of tokens that has climbed both stages before. The key is the SHA-256 of the pair. */
  passed: (pair: string, now: number) => StoredProof | undefined
  /** Remembers that a pair has climbed both stages, for as long as its token is good. */
  addPassed: (pair: string, proof: StoredProof, begun: number) => void
  /** Ends every proof of a portal, also those under way: after an install, update or uninstall. */
  forget: (memberId: string) => void
}

/** In: how many proofs, and how many refusals, are kept at most. Forged calls fill only their own half. */
export function createProofCache (max = 10_000): ProofCache {
  const epochs = createEpochs(max)
  const entries = new LRUCache<string, Entry<Proof>>({ max })
  const pairs = new LRUCache<string, Entry<StoredProof>>({ max })
  const refusals = new LRUCache<string, { error: Error, until: number }>({ max })
  const good = <P extends Proof>(kept: Entry<P> | undefined, now: number) =>
    kept !== undefined && kept.until > now && kept.begun >= epochs.since(kept.proof.memberId) ? kept.proof : undefined
  return {
    moment: epochs.now,
    epoch: epochs.since,
    proof: (key, now) => good(entries.get(key), now),
    refusal (key, now) {
      const kept = refusals.get(key)
      return kept !== undefined && kept.until > now ? kept.error : undefined
    },
    passed: (pair, now) => good(pairs.get(pair), now),
    addPassed (pair, proof, begun) { pairs.set(pair, { proof, until: proof.expiresAt, begun }) },
    addProof (key, proof, until, begun) { entries.set(key, { proof, until, begun }) },
    addRefusal (key, error, until) { refusals.set(key, { error, until }) },
    forget: epochs.end
  }
}
