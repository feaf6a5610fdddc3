import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../listen.ts'
import type { Forwarder } from './forwarder.ts'
import { ServiceProcess } from './service-process.ts'

interface ReloaderOptions {
  /** Leads to the process that is the service now. */
  forwarder: Forwarder
  /** The settings for a process that listens on this port, asked for at each start. */
  settings: (port: number) => Record<string, string>
  onLine: (line: string, runs: boolean) => void
  /** The service runs: what had changed since the last time. */
  onStart: (changed: string[]) => Promise<void>
  /** It could not start: what it has printed. The one of before goes on. */
  onFault: (printed: string) => void
  /** It has ended by itself. */
  onEnd: () => void
}

/** Milliseconds that the process of before may take to answer. */
const PATIENCE = 3000

/** Puts a new process of the service in the place of the one that runs, once it listens. */
export class Reloader {
  readonly #options: ReloaderOptions
  #current: ServiceProcess | undefined
  #starting: ServiceProcess | undefined
  /** Has loaded all but the application. */
  #waiting: ServiceProcess
  readonly #leaving = new Set<ServiceProcess>()
  readonly #changed = new Set<string>()
  #isBusy = false
  #again = false
  #isStopped = false

  constructor (options: ReloaderOptions) {
    this.#options = options
    this.#waiting = new ServiceProcess(options.onLine)
  }

  /** Starts the service with what is there now. A start that is under way is given up for it. */
  async reload (changed: string[] = []): Promise<void> {
    for (const path of changed) this.#changed.add(path)
    this.#again = true
    this.#starting?.kill()
    if (this.#isBusy) return
    this.#isBusy = true
    while (this.#again && !this.#isStopped) {
      this.#again = false
      await this.#swap()
    }
    this.#isBusy = false
  }

  async #swap (): Promise<void> {
    const { forwarder, settings, onLine, onStart, onFault, onEnd } = this.#options
    const changed = [...this.#changed]
    this.#changed.clear()
    const port = await freePort()
    const starting = this.#starting = this.#waiting
    const printed = await starting.start(settings(port))
    this.#starting = undefined
    if (!this.#isStopped) this.#waiting = new ServiceProcess(onLine)
    if (printed !== undefined) {
      for (const path of changed) this.#changed.add(path)
      if (!this.#again && !this.#isStopped) onFault(printed)
      return
    }
    const former = this.#current
    this.#current = starting
    const left = forwarder.forward(port)
    if (former) this.#dismiss(former, left)
    starting.onEnd(() => {
      if (this.#current !== starting || this.#isStopped) return
      this.#current = undefined
      onEnd()
    })
    await onStart(changed)
  }

  /** Ends the process of before, once it has answered what it was asked. */
  #dismiss (former: ServiceProcess, left: Promise<unknown>): void {
    this.#leaving.add(former)
    Promise.race([left, wait(PATIENCE, undefined, { ref: false })]).then(() => former.stop())
      .finally(() => this.#leaving.delete(former)).catch(() => {})
  }

  /** Whether there is a service. */
  get runs (): boolean {
    return this.#current !== undefined
  }

  async stop (): Promise<void> {
    this.#isStopped = true
    this.#starting?.kill()
    this.#waiting.kill()
    for (const former of this.#leaving) former.kill()
    await this.#current?.stop()
  }
}
