import { setTimeout as wait } from 'node:timers/promises'

/** Holds what only this run of `dev` knows; whatever answers to it is reached. */
export const PROBE_HEADER = 'x-fastify-bitrix24-dev'

/** Milliseconds for an answer, and between two attempts. */
const PATIENCE = 5000
const PAUSE = 500

interface ReachOptions {
  address: string
  probe: string
  /** Called once with why the address does not lead here yet: after so many attempts */
  onSilence: (why: string) => void
  attempts?: number
  signal: AbortSignal
}

/** Why the address does not lead here, or undefined when it does. */
async function obstacle ({ address, probe, signal }: ReachOptions): Promise<string | undefined> {
  try {
    const { status } = await fetch(`${address}/health`, {
      headers: { [PROBE_HEADER]: probe },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
    })
    return status === 204 ? undefined : `something else answers there, with status ${status}`
  } catch (error) {
    // fetch throws errors, mostly with the one of the system as their cause.
    const { message, cause } = error as Error
    return cause instanceof Error ? cause.message : message
  }
}

/** Resolves when the address leads to this machine, or the signal has aborted. */
export async function untilReached (options: ReachOptions): Promise<void> {
  const { onSilence, attempts = 10, signal } = options
  for (let attempt = 1; !signal.aborted; attempt++) {
    const why = await obstacle(options)
    if (why === undefined) return
    if (attempt === attempts && !signal.aborted) onSilence(why)
    await wait(PAUSE, undefined, { signal }).catch(() => {})
  }
}
