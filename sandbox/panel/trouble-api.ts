import type { FastifyInstance } from 'fastify'
import { remove } from '../lifecycle.ts'
import type { Portal } from '../portal.ts'
import { NO_TROUBLE } from '../state.ts'
import type { Trouble } from '../state.ts'

type Delay = 'authorizationServerDelay' | 'restDelay'

/** The values of each trouble that is not a delay. */
const values = {
  authorizationServer: ['none', 'down', 'nonsense', 'error'],
  rest: ['none', 'down', 'nonsense', 'limited', 'overtime', 'unpaid'],
  token: ['none', 'expired', 'revoked', 'foreign'],
  refresh: ['none', 'cut'],
  installation: ['none', 'unfinished'],
  access: ['none', 'denied'],
  events: ['none', 'dropped']
} satisfies { [Name in Exclude<keyof Trouble, Delay>]: Array<Trouble[Name]> }

const allowedValues = new Map<string, string[]>(Object.entries(values))
const delays: readonly string[] = ['authorizationServerDelay', 'restDelay'] satisfies Delay[]
/** Milliseconds. */
const LONGEST_DELAY = 60_000

/** What is wrong with one entry of a change: a sentence that names what is allowed. Undefined when it is fine. */
function complaintAbout ([name, value]: [string, unknown]): string | undefined {
  if (delays.includes(name)) {
    const isDelay = typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY
    return isDelay ? undefined : `${name} is a number of milliseconds. Allowed: 0 to ${LONGEST_DELAY}.`
  }
  const allowed = allowedValues.get(name)
  if (!allowed) return `There is no trouble of this name. Allowed: ${[...allowedValues.keys(), ...delays].join(', ')}.`
  return allowed.some(known => known === value)
    ? undefined
    : `${name} cannot have this value. Allowed: ${allowed.join(', ')}.`
}

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
    const complaint = Object.entries(body ?? {}).map(complaintAbout).find(text => text !== undefined)
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
