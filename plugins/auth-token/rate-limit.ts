import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { clientAddress, clientNetwork } from '../../src/http/client-address.ts'
import { AuthIdExpiredError, AuthIdUnknownError, AuthorizationServerUnavailableError, TooManyProofsError } from '../../src/errors.ts'
import { createFairQueue } from '../../src/queues/fair-queue.ts'
import { createFailureLimit, type FailureLimit } from './failure-limit.ts'
import type { Proof } from './proof-cache.ts'

/** Who asks for a proof, and of what. */
export interface ProofRequest {
  /** The application and the portal that the proof has to be about */
  clientId: string
  memberId: string
  /** The client's address, as it stands in `request.ip` */
  ip: string
  /** Failures of one kind do not stand in the way of another */
  kind: 'installation' | 'with-application-token' | 'without-application-token'
}

/** Divides the authorization servers' time among those who ask. */
export interface ProofLimit {
  /**
   * Puts the question when it is this client's turn. Errors: those of the question; TooManyProofsError for a client whose proofs
   * have failed too often, and when there is no room to wait; AuthorizationServerUnavailableError when there is none because nobody is answered.
   */
  ask: (request: ProofRequest, question: () => Promise<Proof>) => Promise<Proof>
}

export interface ProofLimitOptions {
  /** Failed proofs a minute for one client address; for its /48 four times, for all strangers with failures ten times as many. Default 60 */
  failuresPerMinute?: number
  /** How many questions are put at once: for clients who were proven before on that portal, for others, and for others with failures. */
  slots?: { proven: number, strangers: number, failing: number }
  /** The clock, in milliseconds */
  now?: () => number
}

const minute = 60_000
/**
 * What protects the authorization servers from a flood, and everybody else from who makes it.
 * Only failures count, and only for those who cause them: a proof that nobody could give is nobody's failure. Whoever was proven
 * before on this portal from this address, and whoever comes for the first time, has slots of their own; in each kind of slots the
 * client addresses take turns, strangers by their /48. So nobody can use up what is others', however many portals, users or ports
 * they make up.
 */
export function createProofLimit (options: ProofLimitOptions = {}): ProofLimit {
  const { failuresPerMinute = 60, slots = { proven: 32, strangers: 16, failing: 4 }, now = Date.now } = options
  const perAddress = createFailureLimit(failuresPerMinute, now)
  const perNetwork = createFailureLimit(failuresPerMinute * 4, now)
  const ofStrangers = createFailureLimit(failuresPerMinute * 10, now)
  // Hashes of portal and client address; only a proof makes one.
  const proven = new LRUCache<string, true>({ max: 50_000 })
  let lastOutage = -Infinity

  const refusal = () => now() - lastOutage < minute ? new AuthorizationServerUnavailableError() : new TooManyProofsError()
  // Whoever waits has a connection: there is room for all that the service takes.
  const turnsOf = (slots: number) => createFairQueue({ slots, room: 2000, patience: 10_000, rejection: refusal })
  const turns = { proven: turnsOf(slots.proven), strangers: turnsOf(slots.strangers), failing: turnsOf(slots.failing) }

  return {
    async ask ({ clientId, memberId, ip, kind }, question) {
      const [address, network] = [clientAddress(ip), clientNetwork(ip)]
      const pair = hash('sha256', `${memberId} ${address}`, 'base64')
      const isProven = proven.get(pair) === true
      const limits: Array<readonly [FailureLimit, key: string]> = isProven
        ? [[perAddress, `${kind} ${pair}`]]
        : [[perAddress, `${kind} ${address}`], [perNetwork, `${kind} ${network}`]]
      const isFailing = limits.some(([limit, key]) => limit.isFailing(key))
      // The limit of all is for those only who have failed themselves.
      if (isFailing && !isProven) limits.push([ofStrangers, 'all'])
      const check = () => { if (!limits.every(([limit, key]) => limit.hasRoom(key))) throw new TooManyProofsError() }

      check()
      const [kindOfSlots, turn] = isProven ? ['proven', address] as const : [isFailing ? 'failing' : 'strangers', network] as const
      return await turns[kindOfSlots](turn, async () => {
        // Those in front may have used it up.
        check()
        const ends = limits.map(([limit, key]) => limit.begin(key))
        const end = (hasFailed: boolean) => { for (const end of ends) end(hasFailed) }
        try {
          const proof = await question()
          const isTheirs = proof.memberId === memberId && proof.clientId === clientId
          if (isTheirs) proven.set(pair, true)
          end(!isTheirs)
          return proof
        } catch (error) {
          if (error instanceof AuthorizationServerUnavailableError) lastOutage = now()
          // Whoever is told anything else holds a token of this application.
          end(error instanceof AuthIdUnknownError || error instanceof AuthIdExpiredError)
          throw error
        }
      })
    }
  }
}
