import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** As source or as it was built, whichever runs now. */
const program = fileURLToPath(new URL(`service${extname(import.meta.url)}`, import.meta.url))

/** Milliseconds that a service may take to end: nothing that it holds here is worth more. */
const PATIENCE = 3000

/** Two pipes to read; Node's types know no fourth one, for messages, beside them. */
type Child = ChildProcessByStdio<null, Readable, Readable>

/** A process that is about to be the service, or is it. */
export class ServiceProcess {
  readonly #child: Child
  readonly #closed: Promise<unknown>
  #printed = ''
  /** The file that it loads now */
  #loading = ''
  #runs = false

  /** @param onLine called with each line that it prints once it has its settings; `runs` says whether it listens */
  constructor (onLine: (line: string, runs: boolean) => void) {
    const child = spawn(process.execPath, [...process.execArgv, program], {
      // Ctrl+C in a terminal reaches a whole process group; the service is stopped from here, once.
      detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc']
    }) as Child
    this.#child = child
    this.#closed = once(child, 'close')
    // It may be gone before it is told something.
    child.on('error', () => {}).on('message', file => { this.#loading = String(file) })
    createInterface(child.stdout).on('line', line => { onLine(line, this.#runs) })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (this.#runs) process.stderr.write(text)
      else this.#printed += text
    })
  }

  /** Starts the service. Tells what it has printed when it could not, undefined when it listens. */
  async start (env: Record<string, string>): Promise<string | undefined> {
    const ready = new Promise<true>(resolve => {
      this.#child.on('message', message => { if (message === 'ready') resolve(true) })
    })
    this.#child.send(env, () => {})
    const timer = this.#limit(Number(env.START_TIMEOUT) || 60)
    this.#runs = await Promise.race([ready, this.#closed.then(() => false)])
    clearInterval(timer)
    return this.#runs ? undefined : this.#printed
  }

  /** Ends a start that hangs, even in an endless loop. The service says so itself once it has loaded all files. */
  #limit (seconds: number): NodeJS.Timeout {
    let isLate = false
    return setInterval(() => {
      if (this.#loading !== '' || isLate) {
        this.#printed += `${this.#loading || 'The application'} did not load within ${seconds} s (START_TIMEOUT).`
        this.kill()
      }
      isLate = true
    }, seconds * 1000)
  }

  /** Calls `listener` when the process is gone. */
  onEnd (listener: () => void): void {
    this.#child.once('exit', listener)
  }

  /** Lets it answer what it was asked, and end. */
  async stop (): Promise<void> {
    this.#child.kill('SIGTERM')
    await Promise.race([this.#closed, wait(PATIENCE, undefined, { ref: false })])
    this.kill()
  }

  kill (): void {
    this.#child.kill('SIGKILL')
  }
}
