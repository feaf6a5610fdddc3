import { AsyncLocalStorage } from 'node:async_hooks'
import { restCalls } from '../../src/diagnostics/channels.ts'
import type { PortalConnections, PortalReply } from './connections.ts'
import type { RestCredentials } from './rest-interface.ts'

/** A call under way in the SDK, for our adapter. */
interface Asking { maxBytes: number | undefined, reply?: Promise<PortalReply> }

/**
 * Bitrix24's own SDK writes the requests and spaces them. Our connections send them, because the limits of the SDK's
 * HTTP client do not hold. A portal's answer never reaches the SDK, which would copy and trust it.
 */
export async function openSdk (credentials: RestCredentials, connections: PortalConnections) {
  const { ApiVersion, B24OAuth } = await import('@bitrix24/b24jssdk')
  const { memberId, accessToken, clientEndpoint } = credentials
  const sdk = new B24OAuth({
    applicationToken: '',
    userId: credentials.userId,
    memberId,
    accessToken,
    // Never refreshed by the SDK.
    refreshToken: '',
    expires: Infinity,
    expiresIn: 3600,
    scope: credentials.scope.join(','),
    domain: credentials.domain,
    // The SDK puts a slash of its own before the method.
    clientEndpoint: clientEndpoint.replace(/\/$/, ''),
    serverEndpoint: credentials.serverEndpoint,
    status: 'L'
  }, { clientId: '', clientSecret: '' }, {
    restrictionParams: {
      maxRetries: 1, operatingLimit: { windowMs: 600_000, limitMs: Infinity, heavyPercent: 100 }
    }
  })

  const calls = new AsyncLocalStorage<Asking>()
  async function adapter ({ url = '', data }: { url?: string, data?: string }) {
    const asking = calls.getStore() as Asking // the SDK sends nothing by itself
    asking.reply = connections.post({ memberId, url, body: String(data), maxBytes: asking.maxBytes })
    await asking.reply.catch(() => {})
    return { status: 200, headers: {}, data: { result: true, time: {} } }
  }
  Object.assign(sdk.getHttpClient(ApiVersion.v2).ajaxClient.defaults, { adapter })

  async function send (method: string, params: Record<string, unknown>, maxBytes?: number): Promise<PortalReply> {
    const asking: Asking = { maxBytes }
    await calls.run(asking, () => sdk.actions.v2.call.make({ method, params }))
    const reply = asking.reply as Promise<PortalReply> // the adapter was called, or the SDK has thrown
    // The connection remembers the call that opened it, and must not keep its answer.
    delete asking.reply
    return await reply
  }

  return (method: string, ...more: [params: Record<string, unknown>, maxBytes?: number]): Promise<PortalReply> =>
    restCalls.tracePromise(() => send(method, ...more), { method })
}
