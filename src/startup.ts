import { once } from 'node:events'

interface StartupOptions {
  /** For how many seconds the start may take */
  seconds: number
  /** Ends the process, with a sentence for the operator */
  end: (exitCode: number, sentence: string) => void
}

/** Gives up a start that hangs: after its time, or at once with a signal. */
export function createStartup ({ seconds, end }: StartupOptions) {
  let current = 'starting'
  let where: () => string = String
  const timer = setTimeout(() => {
    end(1, `START_TIMEOUT: the start took longer than ${seconds} s and was given up while ${current}${where()}`)
  }, seconds * 1000)
  const released = new AbortController()
  const { signal } = released
  for (const name of ['SIGTERM', 'SIGINT']) {
    // As the first process of a container, Node ignores a signal that it does not listen to.
    once(process, name, { signal }).then(() => { end(0, `${name}: the start was given up while ${current}`) }, () => {})
  }
  return {
    /** Names what begins now: where a start hung. `file` tells more of it then */
    step (name: string, file: () => string = String) { [current, where] = [name, file] },
    /** From now on signals are handled elsewhere */
    releaseSignals () { released.abort() },
    /** The service listens */
    done () { clearTimeout(timer) }
  }
}
