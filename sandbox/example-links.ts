import type { Portal } from './portal.ts'

/** What the example texts lead to, where the application has such a screen. */
const targets = {
  note: { screen: 'document', params: { docId: '42' } },
  nextNote: { screen: 'document', params: { docId: '43' } },
  lastNote: { screen: 'document', params: { docId: '44' } },
  deal: { screen: 'record', params: { id: 8061 } },
  approval: {
    screen: 'approval',
    params: {
      subject: 'Twelve chairs for the meeting room',
      text: 'The old ones go to the workshop. Delivery takes two weeks.',
      approverId: 1,
      authorId: 3
    }
  }
} satisfies Record<string, { screen: string, params: Record<string, string | number> }>

export type ExampleLinkName = keyof typeof targets
export type ExampleLinks = Partial<Record<ExampleLinkName, string>>

/** Milliseconds. A page of the portal waits for it. */
const PATIENCE = 2000

interface Description { title?: string, anyOf?: Description[] }

const request = (portal: Portal, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(new URL(path, portal.state.application.handlerUrl), { ...init, signal: AbortSignal.timeout(PATIENCE) })

/** The names of the application's screens, as its API describes them. */
async function readScreens (portal: Portal): Promise<string[]> {
  const { paths } = await (await request(portal, 'api/openapi.json')).json() as
    { paths: Record<string, { post: { requestBody: { content: Record<string, { schema: Description }> } } }> }
  const schema = paths['/api/links']?.post.requestBody.content['application/json']?.schema
  return (schema?.anyOf ?? [schema]).flatMap(described => described?.title ?? [])
}

/** Asks for a link as a back-end does. Undefined for a screen of that name with other parameters. */
async function writeLink (portal: Portal, target: object): Promise<string | undefined> {
  const answer = await request(portal, 'api/links', {
    method: 'POST',
    headers: { authorization: `Bearer ${portal.state.linksApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...target, portal: portal.memberId })
  })
  if (answer.status === 400) return undefined
  if (!answer.ok) throw new Error(`The application wrote no link: ${answer.status}`)
  return (await answer.json() as { path: string }).path
}

/**
 * Asks the application once for its screens and for links to them, which the example texts of the portal then hold. An
 * application that does not answer is asked again the next time.
 */
export async function findScreens (portal: Portal): Promise<void> {
  if (portal.state.linksApiKey === undefined || !portal.installed || portal.screens !== undefined) return
  try {
    const screens = await readScreens(portal)
    const links: ExampleLinks = {}
    for (const [name, target] of Object.entries(targets)) {
      const path = screens.includes(target.screen) ? await writeLink(portal, target) : undefined
      // The keys of the table are these names.
      if (path !== undefined) links[name as ExampleLinkName] = path
    }
    portal.leadTo(screens, links)
  } catch {
    // Its texts stay as they are.
  }
}

/** A link in BB code, to the screen if the application has it, else one with the same parameters. */
export function exampleLink (portal: Portal, name: ExampleLinkName, title: string): string {
  const params = Object.entries(targets[name].params).map(([key, value]) => `params[${key}]=${value}`).join('&')
  const address = portal.exampleLinks[name] ?? `/marketplace/view/${portal.state.application.code}/?${params}`
  return `[URL=${address}]${title}[/URL]`
}
