import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'qs-esm'
import { PortalRefusedError } from '../../src/errors.ts'
import { refusesUser } from '../../src/http/portal-refusals.ts'
import { batchAnswers, freeAt, isRedirect, overtime, tooFast } from './answers.ts'
import { exchange } from './exchange.ts'
import { createLists } from './lists.ts'
import type {
  CallOptions, PortalRest, RestAnswer, RestCommand, RestCredentials, RestOptions, RestSource
} from './rest-interface.ts'
import { openSdk } from './sdk.ts'

const batchSize = 50
// The portal takes two calls a second off its count.
const limitPauses: readonly number[] = [500, 1000, 2000, 4000]
// Milliseconds after which a call is not tried once more.
const tryTime = 10_000

/** The REST interface for a token that is never refreshed, as long as it is good. */
export const openPortalRest = (credentials: RestCredentials, options: RestOptions): PortalRest =>
  createPortalRest({ credentials: async refused => usable(credentials, refused) }, options)

/** Credentials that are never refreshed. Throws PortalRefusedError when they have expired by our clock or `refused`. */
export function usable (credentials: RestCredentials, refused?: string): RestCredentials {
  if (refused !== undefined || credentials.expiresAt <= Date.now()) throw new PortalRefusedError('expired_token')
  return credentials
}

interface Sent { answer: { result?: unknown }, accessToken: string }
type Commands = Array<[key: string, command: RestCommand]>
type Answers = Array<[key: string, answer: RestAnswer]>

const isSame = (one: RestCredentials, other: RestCredentials) =>
  one.accessToken === other.accessToken && one.clientEndpoint === other.clientEndpoint

/**
 * The REST interface of a portal through Bitrix24's own SDK, which is loaded with the first call. Redirects are not
 * followed: the token would go along.
 */
export function createPortalRest (source: RestSource, options: RestOptions): PortalRest {
  const { connections, application, pauses = limitPauses, blocked = new Map() } = options
  let client: { credentials: RestCredentials, send: Awaited<ReturnType<typeof openSdk>> } | undefined

  async function senderFor (credentials: RestCredentials) {
    if (client === undefined || !isSame(client.credentials, credentials)) {
      client = { credentials, send: await openSdk(credentials, connections) }
    }
    return client.send
  }

  const isBlocked = (method: string) => (blocked.get(method) ?? 0) > Date.now()

  /** Sends a call until it has an answer, and returns the token that it was sent with, too. */
  async function send (
    { method, params }: RestCommand, { maxBytes }: CallOptions, commands?: readonly RestCommand[]
  ): Promise<Sent> {
    if (isBlocked(method)) throw new PortalRefusedError(overtime, '', method)
    const end = Date.now() + tryTime
    const waits = [...pauses]
    let refreshed: RestCredentials | undefined
    let [hasRefreshed, hasMoved, hasGivenWay] = [false, false, false]
    for (;;) {
      const credentials: RestCredentials = refreshed ?? await source.credentials()
      refreshed = undefined
      const { memberId, accessToken } = credentials
      const sendOne = await senderFor(credentials)
      const { reply, refusal } = await exchange({ method, params }, {
        credentials,
        application,
        commands,
        send: onBegin => connections.inTurn(memberId, () => {
          onBegin()
          return sendOne(method, params, maxBytes)
        })
      })
      // Without a refusal it is an object.
      if (refusal === undefined) return { answer: reply.json as { result?: unknown }, accessToken }

      const { error, text } = refusal
      if (error === overtime) blocked.set(method, freeAt(reply.json))
      const pause = error === tooFast ? waits.shift() : undefined
      if (pause !== undefined && Date.now() + pause < end) {
        await sleep(pause)
        continue
      }
      if (!hasRefreshed && reply.status === 401 && ['expired_token', 'invalid_token'].includes(error)) {
        hasRefreshed = true
        refreshed = await source.credentials(accessToken)
        if (refreshed.accessToken !== accessToken) continue
      }
      if (isRedirect(reply.status) && source.moved !== undefined && !hasMoved) {
        hasMoved = true
        await source.moved()
        continue
      }
      const isUserRefused = [401, 403].includes(reply.status) && refusesUser(error)
      if (isUserRefused && !hasGivenWay && await source.userRefused?.(credentials, error) === true) {
        // The token of somebody else may have expired, too.
        [hasRefreshed, hasGivenWay] = [false, true]
        continue
      }
      throw new PortalRefusedError(error, text, method)
    }
  }

  /** A command whose method is blocked is answered as the portal would; the others go in one request. */
  async function sendBatch (commands: Commands, options: CallOptions): Promise<Answers> {
    const calls = commands.filter(([, { method }]) => !isBlocked(method))
    const answers = new Map<string, RestAnswer>()
    if (calls.length > 0) {
      const cmd = Object.fromEntries(calls.map(([key, { method, params }]) => [key, `${method}?${stringify(params)}`]))
      const call = { method: 'batch', params: { halt: 0, cmd } }
      const { answer: { result }, accessToken } = await send(call, options, calls.map(([, command]) => command))
      const keys = calls.map(([key]) => key)
      for (const [key, answer] of batchAnswers(result, keys, accessToken)) answers.set(key, answer)
      for (const [key, { method }] of calls) {
        const answer = answers.get(key)
        const isOvertime = answer !== undefined && 'error' in answer && answer.error === overtime
        if (isOvertime) blocked.set(method, freeAt(undefined))
      }
    }
    return commands.map(([key]) => [key, answers.get(key) ?? { error: overtime, text: '' }])
  }

  const batch: PortalRest['batch'] = async (commands, options = {}) => {
    const answers: Answers = []
    const entries = Object.entries(commands)
    for (let start = 0; start < entries.length; start += batchSize) {
      answers.push(...await sendBatch(entries.slice(start, start + batchSize), options))
    }
    return Object.fromEntries(answers)
  }

  return {
    async call<T> (method: string, params: Record<string, unknown> = {}, options: CallOptions = {}) {
      const { answer: { result } } = await send({ method, params }, options)
      return result as T // the caller knows what the method answers
    },
    batch,
    ...createLists(batch, async () => connections.holdList((await source.credentials()).memberId))
  }
}
