import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import {
  AuthIdExpiredError, AuthIdUnknownError, AuthorizationServerUnavailableError, TooManyProofsError
} from '../../src/errors.ts'
import { clientAddress, clientNetwork } from '../../src/http/client-address.ts'
import { measured, proofChannel, type Outcome, type ProofMessage } from '../../src/diagnostics/measurements.ts'
import { upTo } from '../../src/lru.ts'
import { createFairQueue } from '../../src/queues/fair-queue.ts'
import type { Proof, Question } from './calls.ts'
import { createFailureLimit, type FailureLimit } from './failure-limit.ts'

export interface ProofLimitOptions {
  /** The application that a proof has to be about */
  clientId: string
  /** Failed proofs a minute for one client address; four times as many for a /48, ten times for all unknown clients */
  failuresPerMinute: number
  /** How many questions run at once: of clients proven before, of unknown ones, and of unknown ones that have failed */
  slots?: { proven: number, unknown: number, failing: number }
  now: () => number
}

type LimitKeys = Pick<Question, 'memberId' | 'ip' | 'kind' | 'pageOf'>

const minute = 60_000

/**
 * Protects the authorization servers from floods, and other clients from the ones that cause them. Only failures
 * count, and only against the client that caused them; an outage is not a failure. Clients that were proven on this
 * portal before, and clients without failures, have slots of their own, in which client addresses take turns. Pages and
 * REST calls count apart, by their users: others at the same address, who know no session, must not stop them.
 *
 * @throws TooManyProofsError for a client with too many failures, or when there is no room to wait;
 *   AuthorizationServerUnavailableError when there is no room because of an outage
 */
export function limited<Q extends LimitKeys> (prove: (question: Q) => Promise<Proof>, options: ProofLimitOptions) {
  const { clientId, failuresPerMinute, slots = { proven: 32, unknown: 16, failing: 4 }, now } = options
  const perAddress = createFailureLimit(failuresPerMinute, now)
  const perNetwork = createFailureLimit(failuresPerMinute * 4, now)
  const ofUnknown = createFailureLimit(failuresPerMinute * 10, now)
  // Hashes of portal and client address. Only a proof adds one.
  const proven = new LRUCache<string, true>(upTo(50_000))
  let lastOutage = -Infinity

  const rejection = () =>
    now() - lastOutage < minute ? new AuthorizationServerUnavailableError() : new TooManyProofsError()
  // Whatever waits holds a connection, so there is room for as many as the service accepts.
  const turnsOf = (slots: number) =>
    createFairQueue({ name: 'proofs', slots, room: 2000, patience: 10_000, rejection })
  const turns = { proven: turnsOf(slots.proven), unknown: turnsOf(slots.unknown), failing: turnsOf(slots.failing) }

  /** The limits that count for a client, and the slots that it waits for. */
  function limitsOf ({ memberId, ip, kind, pageOf }: LimitKeys) {
    const address = clientAddress(ip)
    const client = hash('sha256', `${memberId} ${address}`, 'base64')
    if (pageOf !== undefined) {
      const limits: Array<[FailureLimit, key: string]> = [[perAddress, `page ${memberId} ${pageOf}`]]
      return { client, limits, slots: 'proven', turn: address } as const
    }
    if (proven.get(client) === true) {
      const limits: Array<[FailureLimit, key: string]> = [[perAddress, `${kind} ${client}`]]
      return { client, limits, slots: 'proven', turn: address } as const
    }
    const network = clientNetwork(ip)
    const limits: Array<[FailureLimit, key: string]> = [
      [perAddress, `${kind} ${address}`], [perNetwork, `${kind} ${network}`]
    ]
    const isFailing = limits.some(([limit, key]) => limit.isFailing(key))
    // The limit for all is only for those that have failed themselves.
    if (isFailing) limits.push([ofUnknown, 'all'])
    return { client, limits, slots: isFailing ? 'failing' : 'unknown', turn: network } as const
  }

  async function ask (question: Q): Promise<Proof> {
    const { client, limits, slots, turn } = limitsOf(question)
    const check = () => { if (!limits.every(([limit, key]) => limit.hasRoom(key))) throw new TooManyProofsError() }

    check()
    return await turns[slots](turn, async () => {
      // Those in front may have used it up.
      check()
      const ends = limits.map(([limit, key]) => limit.begin(key))
      const end = (hasFailed: boolean) => { for (const end of ends) end(hasFailed) }
      try {
        const proof = await prove(question)
        const isExpected = proof.memberId === question.memberId && proof.clientId === clientId
        if (isExpected) proven.set(client, true)
        end(!isExpected)
        return proof
      } catch (error) {
        if (error instanceof AuthorizationServerUnavailableError) lastOutage = now()
        // Any other answer shows that the client has a token of this application.
        end(error instanceof AuthIdUnknownError || error instanceof AuthIdExpiredError)
        throw error
      }
    })
  }
  return async (question: Q): Promise<Proof> => await measured(proofChannel, () => ask(question), toMessage)
}

function toMessage (outcome: Outcome<Proof>, seconds: number): ProofMessage {
  if ('ok' in outcome) return { outcome: 'proven', seconds }
  if (outcome.error instanceof TooManyProofsError) return { outcome: 'limited', seconds }
  return { outcome: outcome.error instanceof AuthorizationServerUnavailableError ? 'unavailable' : 'refused', seconds }
}
