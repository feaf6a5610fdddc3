import { LRUCache } from 'lru-cache'
import type { PortalAddress } from '../store/installation-store.ts'

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

interface Entry {
  proof: Proof
  /** The proof itself may be good for less than its token */
  until: number
}

/**
 * Proofs until their token expires, refusals for a short while; both bounded. Times in milliseconds.
 * Tokens themselves are not kept: a key is the SHA-256 of one.
 */
export interface ProofCache {
  entry: (key: string, now: number) => Entry | undefined
  refusal: (key: string, now: number) => Error | undefined
  addProof: (key: string, proof: Proof, until: number) => void
  addRefusal: (key: string, error: Error, until: number) => void
  /** The proof of a pair of tokens that has climbed both rungs before. The key is the SHA-256 of the pair. */
  passed: (pair: string, now: number) => Proof | undefined
  /** Remembers that a pair has climbed both rungs, for as long as the proof under `key` is good. */
  addPassed: (pair: string, key: string) => void
  /** Drops every proof of a portal: after an install, update or uninstall. */
  forget: (memberId: string) => void
}

/** In: how many proofs, and how many refusals, are kept at most. Forged calls fill only their own half. */
export function createProofCache (max = 10_000): ProofCache {
  const entries = new LRUCache<string, Entry>({ max })
  const pairs = new LRUCache<string, Entry>({ max })
  const refusals = new LRUCache<string, { error: Error, until: number }>({ max })
  const good = <T extends { until: number }>(kept: T | undefined, now: number) => kept !== undefined && kept.until > now ? kept : undefined
  return {
    entry: (key, now) => good(entries.get(key), now),
    refusal: (key, now) => good(refusals.get(key), now)?.error,
    passed: (pair, now) => good(pairs.get(pair), now)?.proof,
    addPassed (pair, key) { pairs.set(pair, entries.get(key)) },
    addProof (key, proof, until) { entries.set(key, { proof, until }) },
    addRefusal (key, error, until) { refusals.set(key, { error, until }) },
    forget (memberId) {
      for (const kept of [entries, pairs]) {
        for (const [key, { proof }] of kept) if (proof.memberId === memberId) kept.delete(key)
      }
    }
  }
}
