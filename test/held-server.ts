import type { Scope } from './build.ts'
import { serverFor } from './servers.ts'

/** An answer of the authorization server that the test holds back. */
export interface HeldAnswer {
  /** Resolves when the server has answered */
  said: Promise<void>
  /** Lets it arrive */
  release: () => void
}

/**
 * The authorization server of a sandbox behind a proxy that can hold an answer back, so that it arrives outdated.
 *
 * @returns the origin of the proxy, and a function that holds the next answer
 */
export async function heldServerFor (
  t: Scope, upstream: string
): Promise<{ origin: string, hold: () => HeldAnswer }> {
  const waiting: Array<{ said: () => void, released: Promise<void> }> = []
  const origin = await serverFor(t, async (request, response) => {
    const answer = await fetch(`${upstream}${request.url}`, {
      method: 'POST',
      headers: { 'content-type': String(request.headers['content-type']) },
      body: (await request.toArray()).join('')
    })
    const text = await answer.text()
    const held = waiting.shift()
    held?.said()
    await held?.released
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  })
  return {
    origin,
    hold () {
      const [said, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      waiting.push({ said: said.resolve, released: released.promise })
      return { said: said.promise, release: released.resolve }
    }
  }
}
