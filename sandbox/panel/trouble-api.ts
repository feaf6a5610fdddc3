import type { FastifyInstance } from 'fastify'
import { remove } from '../lifecycle.ts'
import type { Portal } from '../portal.ts'
import { NO_TROUBLE } from '../state.ts'
import { complaintAbout } from '../trouble.ts'

/** Switches faults on and off, moves the portal and removes the application, for tests in any language. */
export function troubleApi (app: FastifyInstance, portal: Portal): void {
  const { trouble, troubleSince, wire } = portal.state
  /** The same for what concerns this portal alone. */
  const ownSince: Record<string, number> = {}
  const newest = () => wire.entries.at(-1)?.id ?? 0
  const address = () => ({ url: portal.url, renamed: portal.renamed })

  app.get('/sandbox/api/state', async () =>
    ({ trouble, since: { ...troubleSince, ...ownSince }, renamed: portal.renamed, installed: portal.installed }))

  app.get('/sandbox/api/trouble', async () => trouble)

  app.patch('/sandbox/api/trouble', async ({ body }, reply) => {
    const complaint = Object.entries(body ?? {}).map(([name, value]) => complaintAbout(name, value))
      .find(text => text !== undefined)
    if (complaint !== undefined) return reply.code(400).send({ error: 'invalid_trouble', error_description: complaint })
    for (const name of Object.keys(body ?? {})) troubleSince[name] = newest()
    return Object.assign(trouble, body)
  })

  // All well again.
  app.delete('/sandbox/api/trouble', async () => {
    portal.renameBack()
    return Object.assign(trouble, NO_TROUBLE)
  })

  app.post('/sandbox/api/rename', async () => {
    ownSince.rename = newest()
    await portal.rename()
    return address()
  })

  app.delete('/sandbox/api/rename', async () => {
    portal.renameBack()
    return address()
  })

  app.post('/sandbox/api/uninstall', async () => {
    ownSince.uninstall = newest()
    await remove(portal, true)
    return { installed: portal.installed }
  })
}
