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
  /** Digest of the application token that passed rung 2 together with this proof; undefined: rung 2 has to be climbed again */
  passedWith?: Buffer
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
  /** Drops every proof of a portal: after an install, update or uninstall. */
  forget: (memberId: string) => void
}

/** In: how many proofs, and how many refusals, are kept at most. Forged calls fill only their own half. */
export function createProofCache (max = 10_000): ProofCache {
  const entries = new LRUCache<string, Entry>({ max })
  const refusals = new LRUCache<string, { error: Error, until: number }>({ max })
  return {
    entry (key, now) {
      const entry = entries.get(key)
      return entry !== undefined && entry.until > now ? entry : undefined
    },
    refusal (key, now) {
      const refusal = refusals.get(key)
      return refusal !== undefined && refusal.until > now ? refusal.error : undefined
    },
    addProof (key, proof, until) { entries.set(key, { proof, until }) },
    addRefusal (key, error, until) { refusals.set(key, { error, until }) },
    forget (memberId) {
      for (const [key, { proof }] of entries) if (proof.memberId === memberId) entries.delete(key)
    }
  }
}
