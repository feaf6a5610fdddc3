import { randomBytes } from 'node:crypto'
import { checkOptions } from './check-options.ts'
import { isEmpty, jsonEncode } from './php.ts'
import { catalogue } from './placement-catalogue.ts'
import type { Portal, SandboxUser } from './portal.ts'

/** The circumstances of one opening of a placement. */
export interface CallOptions {
  /** Who opens it; the administrator without it. */
  user?: SandboxUser
  /** Data of PLACEMENT_OPTIONS. */
  params?: unknown
  /** Interface language of the user, `en` without it. */
  lang?: string
  /**
   * A: portals until about 2025, B: with SERVER_ENDPOINT, C: with APPLICATION_TOKEN, APPLICATION_SCOPE and the URI key.
   * C without it.
   */
  generation?: 'A' | 'B' | 'C'
  /** Path and query of the page it is opened from. Without it the browser sent no Referer. */
  uri?: string
  /** host:port of the portal's page as the browser asked for it; `domain` of the portal without it. */
  domain?: string
  /** Another handler URL than the one that the portal would choose. */
  handler?: string
}

const OPTIONS = {
  user: true, params: true, lang: true, generation: true, uri: true, domain: true, handler: true
} satisfies Record<keyof CallOptions, true>

/** A request of the user's browser into the frame. */
export interface PlacementCall {
  method: 'POST' | 'GET'
  /** The handler with the four query fields. */
  url: string
  query: Record<string, string>
  body: Record<string, string>
  /** The body as application/x-www-form-urlencoded. */
  payload: string
}

function handlerOf (portal: Portal, code: string): string {
  const { installUrl, handlerUrl } = portal.state.application
  if (!portal.installed) return installUrl
  return portal.placements.find(row => row.placement === code)?.handler ?? handlerUrl
}

/** The page address that current portals add, unless the options hold their own. */
function withUri (params: unknown, uri: string): unknown {
  if (typeof params !== 'object' || params === null) return { URI: uri }
  if (params instanceof Map) return isEmpty(params.get('URI')) ? new Map([...params, ['URI', uri]]) : params
  if ('URI' in params && !isEmpty(params.URI)) return params
  return { ...params, URI: uri }
}

function optionsOf (code: string, { params, uri, generation }: CallOptions): unknown {
  const addsUri = code === 'PAGE_BACKGROUND_WORKER' || ((generation ?? 'C') === 'C' && code !== 'IMMOBILE_CONTEXT_MENU')
  return uri !== undefined && addsUri ? withUri(params, uri) : params
}

function bodyOf (portal: Portal, code: string, options: CallOptions): Record<string, string> {
  const { generation = 'C', user = portal.users.admin, domain = portal.domain, lang = 'en' } = options
  const grant = portal.grantForCall(user, { domain, lang })
  const placementOptions = optionsOf(code, options)
  return {
    AUTH_ID: grant.accessToken,
    AUTH_EXPIRES: '3600',
    REFRESH_ID: grant.refreshToken,
    ...(generation !== 'A' && { SERVER_ENDPOINT: `${portal.state.authorizationServer}/rest/` }),
    ...(generation === 'C' &&
      { APPLICATION_TOKEN: portal.applicationToken, APPLICATION_SCOPE: portal.scope.join(',') }),
    member_id: portal.memberId,
    status: portal.state.application.status,
    PLACEMENT: code,
    ...(!isEmpty(placementOptions) && { PLACEMENT_OPTIONS: jsonEncode(placementOptions) })
  }
}

/**
 * Builds the request that the portal page makes the browser send when `code` is opened.
 *
 * @throws TypeError for an option that does not exist
 */
export function placementCall (portal: Portal, code: string, options: CallOptions): PlacementCall {
  checkOptions('placementCall()', options, OPTIONS)
  const handler = options.handler ?? handlerOf(portal, code)
  if (catalogue.get(code)?.bareGet) return { method: 'GET', url: handler, query: {}, body: {}, payload: '' }
  const query = {
    DOMAIN: options.domain ?? portal.domain,
    // The portals of the sandbox speak plain HTTP.
    PROTOCOL: '0',
    LANG: options.lang ?? 'en',
    APP_SID: randomBytes(16).toString('hex')
  }
  const body = bodyOf(portal, code, options)
  return {
    method: 'POST',
    url: handler + (handler.includes('?') ? '&' : '?') + new URLSearchParams(query).toString(),
    query,
    body,
    payload: new URLSearchParams(body).toString()
  }
}
