import { listen } from '../sandbox/listen.ts'
import { portalServer } from '../sandbox/portal-server.ts'
import type { Portal, Sandbox } from '../sandbox/index.ts'
import type { Scope } from './build.ts'

/** A portal whose REST interface holds some requests until the test releases them. */
export interface HeldPortal {
  portal: Portal
  /** How many requests are held now */
  held: () => number
  /** Answers what is held, and holds nothing any more */
  release: () => void
}

/**
 * Adds a portal to the sandbox, with a server of its own.
 *
 * @param isHeld whether to hold a request, given its body
 */
export async function heldPortal (
  t: Scope, sandbox: Sandbox, isHeld: (body: string) => boolean
): Promise<HeldPortal> {
  const open = Promise.withResolvers<void>()
  let isOpen = false
  let held = 0
  const [portal] = sandbox.addPortals(1) as [Portal] // as many as were asked for
  const server = portalServer(portal)
  server.addHook('preHandler', async (request, reply) => {
    if (isOpen || !isHeld(JSON.stringify(request.body))) return
    held++
    reply.raw.on('close', () => held--)
    await open.promise
  })
  portal.url = (await listen(server)).replace('127.0.0.1', 'localhost')
  const release = () => {
    isOpen = true
    open.resolve()
  }
  t.after(async () => {
    release()
    await server.close()
  })
  return { portal, held: () => held, release }
}
