import type { Portal, Sandbox } from '../../../sandbox/index.ts'

/** Puts a call on the wire, as the page of a portal does. */
export function record ({ wire }: Sandbox, portal: Portal) {
  const { url, method, query, body } = portal.placementCall('DEFAULT', { user: portal.users.employee })
  return wire.record({
    from: 'portal',
    to: 'application',
    memberId: portal.memberId,
    method,
    path: new URL(url).pathname,
    name: 'DEFAULT',
    fields: { ...query, ...body },
    sent: { url, body }
  })
}
