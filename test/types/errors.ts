// Compiled by `npm run typecheck`, never run: what a handler can read from an error of the portal.
import { PortalRefusedError } from '../../src/index.ts'
import { same } from './same.ts'

export function codeOf (error: unknown): string | undefined {
  if (!(error instanceof PortalRefusedError)) return undefined
  same<typeof error.portalCode, string>(true)
  same<typeof error.code, string>(true)
  // @ts-expect-error the portal has said it, and nobody else
  error.portalCode = 'other'
  // @ts-expect-error the portal's code is needed
  if (error.statusCode === 0) return new PortalRefusedError().message
  return error.portalCode
}
