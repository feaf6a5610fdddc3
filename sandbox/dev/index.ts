import { once } from 'node:events'
import { join } from 'node:path'
import { UsageError } from '../../src/commands/command.ts'
import type { DevOptions } from '../../src/commands/dev.ts'
import { stateFolder } from '../../src/commands/dev-service.ts'
import { whenOrphaned } from '../../src/commands/when-orphaned.ts'
import { sandbox } from '../index.ts'
import type { Sandbox } from '../index.ts'
import { HOST } from '../listen.ts'
import { startForwarder } from './forwarder.ts'
import type { Forwarder } from './forwarder.ts'
import { openKeptState } from './kept-state.ts'
import type { KeptState } from './kept-state.ts'
import { runLive, type Live } from './run-live.ts'
import { findTunnel } from './tunnel/find-tunnel.ts'
import { untilReached } from './tunnel/reach.ts'
import { startTunnel, type Tunnel } from './tunnel/start-tunnel.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** An error with a sentence, which also names the option if a port is taken. */
function named (option: string, error: Error): Error {
  if (!('port' in error)) return new UsageError(error.message)
  return Object.assign(error, { message: `${option}: ${error.message}` })
}

/** Starts the portals for a service at this address. @throws with a sentence when a port is taken */
async function startPortals (appUrl: string, port: number, kept: KeptState): Promise<Sandbox> {
  const { portalDatabase: database, clientSecret } = kept
  // The sandbox throws errors with a sentence.
  return await sandbox({ appUrl, port, database, clientSecret, liveReload: true, screenLinks: true })
    .catch((error: Error) => { throw named('--portal-port', error) })
}

/** The public address, once it leads to the forwarder. */
async function openAddress (tunnel: Tunnel, { port, probe }: Forwarder, signal: AbortSignal): Promise<string> {
  const address = await tunnel.opened
  const onSilence = (why: string) => {
    console.error(`${address} does not lead to port ${port} of this machine yet: ${why}. Waiting until it does; ` +
      'Ctrl+C stops everything.')
  }
  await untilReached({ address, probe, onSilence, signal })
  return address
}

/** Runs the service beside a sandbox portal until a signal comes, and loads what is saved. */
export async function dev (options: DevOptions): Promise<void> {
  const signal = Promise.race(SIGNALS.map(name => once(process, name))).then(() => undefined)
  const orphaned = new Promise<undefined>(resolve => {
    if (process.env['npm_lifecycle_event'] !== undefined) whenOrphaned(() => resolve(undefined))
  })
  // npm passes on the Ctrl+C that the terminal has already sent; the second one must not cut the end short.
  for (const name of SIGNALS) process.on(name, () => {})
  const found = options.tunnel === undefined ? undefined : findTunnel(options.tunnel)
  const kept = openKeptState(join(process.cwd(), stateFolder))
  const forwarder = await startForwarder(options.port).catch((error: Error) => { throw named('--port', error) })
  const tunnel = found && startTunnel(found, forwarder.port)
  const stopping = new AbortController()
  const ended = tunnel?.ended ?? new Promise<never>(() => {})
  let [bitrix24, live]: [Sandbox?, Live?] = []
  try {
    const local = `http://${HOST}:${forwarder.port}`
    const opened = tunnel ? openAddress(tunnel, forwarder, stopping.signal) : local
    const appUrl = await Promise.race([signal, orphaned, ended, opened])
    if (appUrl === undefined) return
    bitrix24 = await startPortals(appUrl, options.portalPort, kept)
    live = runLive({ ...options, tunnel: tunnel && appUrl, forwarder, bitrix24, kept })
    await Promise.race([signal, orphaned, ended, live.failed])
  } finally {
    stopping.abort()
    // Whatever cannot be stopped must not keep the rest running.
    await Promise.allSettled([live?.stop(), tunnel?.close()])
    forwarder.close()
    if (bitrix24 !== undefined) {
      await bitrix24.close()
      kept.save(bitrix24.portals)
    }
  }
}
