import { randomBytes } from 'node:crypto'
import type { PlacementCall } from '../call.ts'
import { toPageValue } from '../php.ts'
import type { Portal } from '../portal.ts'
import { map } from '../request-params.ts'
import { recordMessage } from '../send-message.ts'
import type { Viewer } from './viewer.ts'

/** What a page needs to show the application in a frame and to answer its messages. */
export interface ApplicationFrame {
  /** The form to submit into the frame. */
  call: PlacementCall
  /** Name of the frame: the only thing from which the page in it learns who its parent is. */
  name: string
  /** For the script on the parent's side. */
  config: {
    sid: string
    /** Number of the call on the wire. */
    wireEntry: number
    /** Messages of other origins are ignored. */
    appOrigin: string
    /** Commands that stay without answer. */
    denied: string[]
    /** Path of the application's own page. */
    appPath: string
    clientId: string
    /** Whether openPath opens every page of the portal, and not only those of an older one. */
    opensAnyPath: boolean
    /** A slider with such an address is closed by closeApplication. */
    closablePaths: string[]
    /** Where to go when the installation is finished; the same page without it. */
    afterInstall?: string
    /** The answer to getInitData. */
    initData: Record<string, unknown>
  }
}

function initDataOf (
  portal: Portal, viewer: Viewer, placement: string, body: Record<string, string>
): Record<string, unknown> {
  return {
    LANG: viewer.lang,
    DOMAIN: viewer.domain,
    PROTOCOL: 0,
    PATH: '/rest',
    AUTH_ID: body.AUTH_ID,
    AUTH_EXPIRES: body.AUTH_EXPIRES,
    REFRESH_ID: body.REFRESH_ID,
    MEMBER_ID: portal.memberId,
    FIRST_RUN: !portal.firstRuns.has(viewer.user.id),
    IS_ADMIN: viewer.user.admin,
    INSTALL: !portal.installed,
    USER_OPTIONS: toPageValue(portal.userOptions[viewer.user.id] ?? {}),
    APP_OPTIONS: toPageValue(portal.appOptions),
    PLACEMENT: placement,
    PLACEMENT_OPTIONS: toPageValue(JSON.parse(body.PLACEMENT_OPTIONS ?? '[]'))
  }
}

/**
 * What openApplication passes: in the portal's own names, so that no key of the application is taken for one of the
 * page.
 */
function openedOptions ({ query }: Viewer): { params: unknown } | undefined {
  const { params } = map(query.PARAMS)
  return params === undefined ? undefined : { params: map(params).PLACEMENT_OPTIONS }
}

/** Prepares the frame for one opening of a placement. Until the application is installed it shows the install page. */
export function applicationFrame (
  portal: Portal, viewer: Viewer, placement: string, params: unknown, handler?: string
): ApplicationFrame {
  const { user, lang, uri, generation, domain } = viewer
  const options = (placement === 'DEFAULT' && openedOptions(viewer)) || { params }
  const call = portal.placementCall(placement, {
    user, lang, generation, domain, ...options, ...(uri && { uri }), ...(handler && portal.installed && { handler })
  })
  const sid = call.query.APP_SID ?? randomBytes(16).toString('hex')
  const { method, url, body } = call
  // The browser that sends it tells later how long the page took.
  const wireEntry = recordMessage(portal.state.wire,
    { name: placement, memberId: portal.memberId, method, sent: { url, ...(method === 'POST' && { body }) } }).id
  const { code, clientId } = portal.state.application
  const { appPath } = portal
  portal.frameViewers.set(sid, { user, lang })
  return {
    call,
    name: `${domain}|0|${sid}`,
    config: {
      sid,
      wireEntry,
      appOrigin: new URL(url).origin,
      denied: placement === 'DEFAULT' ? [] : ['setTitle'],
      appPath,
      clientId,
      opensAnyPath: generation === 'C',
      closablePaths: [code, clientId].map(name => `/marketplace/view/${name}/`)
        .concat(appPath, '/marketplace/placement/'),
      initData: initDataOf(portal, viewer, placement, body)
    }
  }
}
