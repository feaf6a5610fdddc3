import { portalOrigin } from '../http/frame.ts'
import { UsageError } from './command.ts'

/** The origin of the portal that `--portal` names: by its domain, or by an address, for one without HTTPS. */
export function originOf (portal: string): string {
  const origin = portal.includes('://') ? URL.parse(portal)?.origin : portalOrigin(portal, '1')
  if (origin === undefined) throw new UsageError('--portal must be the domain of a portal, such as my.bitrix24.com.')
  return origin
}
