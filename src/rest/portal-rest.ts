import { setTimeout as sleep } from 'node:timers/promises'
import type { AjaxResult, B24OAuth } from '@bitrix24/b24jssdk'
import { PortalRefusedError } from '../errors.ts'
import type { PortalRest, RestAnswer, RestCommand, RestCredentials, RestOptions, RestSource } from './rest-interface.ts'
import { authOf, refreshOf } from './sdk-auth.ts'
import { answerOf, codeOf, failure, freeAt, isRedirect, OVERTIME } from './sdk-answers.ts'

export type * from './rest-interface.ts'

// The user looks at a spinner meanwhile.
const timeout = 10_000
const batchSize = 50
// The portal counts two calls a second out of its bucket.
const limitPauses: readonly number[] = [500, 1000, 2000, 4000]

interface Client { sdk: B24OAuth, endpoint: string, accessToken: string, /** milliseconds since 1970 */ renewedAt: number }

/** The REST interface of a caller, with their token as long as that is good: it is never renewed. */
export function openPortalRest (credentials: RestCredentials): PortalRest {
  return createPortalRest({ credentials: async refused => usable(credentials, refused) })
}

/** A user's credentials. Errors: PortalRefusedError when they have expired, by our clock or the portal's. */
export function usable (credentials: RestCredentials, refused?: string): RestCredentials {
  if (refused !== undefined || credentials.expiresAt <= Date.now()) throw new PortalRefusedError('expired_token')
  return credentials
}

/**
 * The REST interface of a portal through Bitrix24's own SDK, whose renewal of tokens is replaced by `source`. Redirects are
 * not followed: the token would go along. The SDK is loaded with the first call; a service without REST does without.
 */
export function createPortalRest (source: RestSource, { pauses = limitPauses, blocked = new Map() }: RestOptions = {}): PortalRest {
  let client: Client | undefined

  async function connect (): Promise<Client> {
    const { ApiVersion, B24OAuth } = await import('@bitrix24/b24jssdk')
    const credentials = await source.credentials()
    if (client?.endpoint === credentials.clientEndpoint && client.accessToken === credentials.accessToken) return client
    const sdk = new B24OAuth(authOf(credentials), { clientId: '', clientSecret: '' }, {
      // Tries again here: the SDK would wait up to ten minutes for a blocked method, and repeat a call that timed out.
      restrictionParams: { maxRetries: 1, operatingLimit: { windowMs: 600_000, limitMs: Infinity, heavyPercent: 100 } }
    })
    const opened: Client = { sdk, endpoint: credentials.clientEndpoint, accessToken: credentials.accessToken, renewedAt: -Infinity }
    sdk.setCustomRefreshAuth(async () => {
      // The SDK does not say which token was refused. Just after a renewal it may still be the former one.
      const isFresh = Date.now() - opened.renewedAt < timeout
      const renewed = await source.credentials(isFresh ? undefined : opened.accessToken)
      if (renewed.accessToken !== opened.accessToken) Object.assign(opened, { accessToken: renewed.accessToken, renewedAt: Date.now() })
      return refreshOf(renewed)
    })
    Object.assign(sdk.getHttpClient(ApiVersion.v2).ajaxClient.defaults, { timeout, maxRedirects: 0 })
    client = opened
    return opened
  }

  const isBlocked = (method: string) => (blocked.get(method) ?? 0) > Date.now()

  async function send<T> (method: string, work: (sdk: B24OAuth) => Promise<T>): Promise<T> {
    if (isBlocked(method)) throw new PortalRefusedError(OVERTIME)
    const waits = [...pauses]
    let hasMoved = false
    for (;;) {
      const { sdk } = await connect()
      try {
        return await work(sdk)
      } catch (error) {
        const code = codeOf(error)
        const wait = code === 'QUERY_LIMIT_EXCEEDED' ? waits.shift() : undefined
        if (code === OVERTIME) blocked.set(method, freeAt(error))
        if (wait !== undefined) await sleep(wait)
        else if (isRedirect(error) && source.moved !== undefined && !hasMoved) {
          hasMoved = true
          await source.moved()
        } else throw failure(error)
      }
    }
  }

  /** A command whose method is blocked is answered as the portal would; the others go in one request. */
  async function sendBatch (commands: Array<[key: string, command: RestCommand]>): Promise<Array<[key: string, answer: RestAnswer]>> {
    const calls = Object.fromEntries(commands.filter(([, { method }]) => !isBlocked(method)))
    const answers = new Map<string, RestAnswer>()
    if (Object.keys(calls).length > 0) {
      await send('batch', async sdk => {
        const answer = await sdk.actions.v2.batch.make({ calls, options: { isHaltOnError: false, returnAjaxResult: true } })
        // With named commands and `returnAjaxResult` the SDK answers with one result a name.
        const results = answer.getData() as Record<string, AjaxResult> | undefined
        for (const [key, { method }] of Object.entries(calls)) {
          const result = results?.[key]
          if (result === undefined) throw [...answer.getErrors()][0]
          const said = answerOf(result)
          if ('error' in said && said.error === OVERTIME) blocked.set(method, freeAt())
          answers.set(key, said)
        }
      })
    }
    return commands.map(([key]) => [key, answers.get(key) ?? { error: OVERTIME, text: '' }])
  }

  return {
    async call<T> (method: string, params: Record<string, unknown> = {}) {
      return await send(method, async sdk => {
        const answer = await sdk.actions.v2.call.make<T>({ method, params })
        const data = answer.getData()
        if (data === undefined) throw [...answer.getErrors()][0]
        return data.result
      })
    },
    async batch (commands) {
      const answers: Array<[key: string, answer: RestAnswer]> = []
      const entries = Object.entries(commands)
      for (let start = 0; start < entries.length; start += batchSize) {
        answers.push(...await sendBatch(entries.slice(start, start + batchSize)))
      }
      return Object.fromEntries(answers)
    }
  }
}
