import { once } from 'node:events'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../src/commands/command.ts'
import type { DevOptions } from '../../src/commands/dev.ts'
import { sandbox } from '../index.ts'
import type { Portal, Sandbox } from '../index.ts'
import { HOST } from '../listen.ts'
import { refusalOn } from '../send-message.ts'
import { completeCall, isShown, parseLine } from '../service-log.ts'
import { readableFault } from './fault.ts'
import { formatLine } from './format-line.ts'
import { startForwarder } from './forwarder.ts'
import type { Forwarder } from './forwarder.ts'
import { openKeptState } from './kept-state.ts'
import type { KeptState } from './kept-state.ts'
import { openBrowser } from './open-browser.ts'
import { Reloader } from './reloader.ts'
import { readSettings } from './settings.ts'
import { watchFolders } from './watch-folders.ts'

/** What is printed below by itself, and a warning of what the sandbox has set. */
const SAID_AT_EACH_START = /^(?:Server listening at|listening|ALLOW_INSECURE_PORTALS) /

/** What lies in these folders Vite loads by itself, and keeps what the page has on its screen. */
const isFrontend = /^(?:frontend[/\\]|ui(?:$|[/\\]))/

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** An error with a sentence, which also names the option if a port is taken. */
function named (option: string, error: Error): Error {
  if (!('port' in error)) return new UsageError(error.message)
  return Object.assign(error, { message: `${option}: ${error.message}` })
}

/** The address of the service, and the portals. @throws with a sentence when a port is taken */
async function startPortals ({ port, portalPort }: DevOptions, kept: KeptState): Promise<[Forwarder, Sandbox]> {
  const forwarder = await startForwarder(port).catch((error: Error) => { throw named('--port', error) })
  const { portalDatabase: database, clientSecret } = kept
  const appUrl = `http://${HOST}:${forwarder.port}`
  try {
    return [forwarder, await sandbox({ appUrl, port: portalPort, database, clientSecret, liveReload: true })]
  } catch (error) {
    forwarder.close()
    // The sandbox throws errors with a sentence.
    throw named('--portal-port', error as Error)
  }
}

/** Opens the installation page once more, as an administrator does, so that the portal has what is declared now. */
const bind = ({ env, send }: Sandbox, portal: Portal) =>
  send(portal.placementCall('DEFAULT', { handler: `${env.PUBLIC_URL}/install` }))

/** Runs the service beside a sandbox portal until a signal comes, and loads what is saved. */
export async function dev (options: DevOptions): Promise<void> {
  const { application } = options
  const folder = process.cwd()
  const kept = openKeptState(join(folder, '.bitrix24'))
  const [forwarder, bitrix24] = await startPortals(options, kept)
  const { env, portals, wire } = bitrix24
  kept.restore(portals)
  let [isFirst, started, shown] = [true, 0, '']

  function settings (port: number): Record<string, string> {
    const read = readSettings({ folder, application, env, kept })
    started = performance.now()
    shown = read.shown
    return { ...read.variables, PORT: String(port) }
  }

  function onLine (text: string, runs: boolean): void {
    const line = parseLine(text)
    completeCall(wire, line)
    const isNews = !SAID_AT_EACH_START.test(String(line?.msg)) && (runs || line === undefined || line.level > 30)
    if (isNews && isShown(line, shown)) console.log(formatLine(text, process.stdout.isTTY))
  }

  /** Whoever reads a new title in a file wants to see it on the portal. */
  async function install (isDeclared: boolean): Promise<void> {
    for (const portal of Object.values(portals)) {
      const isWanted = isFirst ? portal.installed || portal === portals.alpha : portal.installed && isDeclared
      if (!isWanted) continue
      const answer = await (isFirst ? bitrix24.install(portal) : bind(bitrix24, portal)).catch(() => undefined)
      if (answer?.status === 200) continue
      const why = answer && (refusalOn(answer.text) ?? answer.status)
      console.error(`The application could not be installed: ${why ?? 'the service does not answer'}.`)
    }
  }

  async function onStart (changed: string[]): Promise<void> {
    await install(changed.some(path => path.startsWith('placements')))
    kept.save(portals)
    bitrix24.reload()
    if (!isFirst) {
      console.log(`Loaded ${changed.join(', ')} in ${Math.round(performance.now() - started)} ms.`)
      return
    }
    isFirst = false
    console.log(`\nOpen ${bitrix24.url}/: the application is installed there. What you save is loaded at once.\n` +
      `Handler path ${env.PUBLIC_URL}/placement, installation path ${env.PUBLIC_URL}/install. ` +
      'Ctrl+C stops everything.\n')
    if (options.open) openBrowser(bitrix24.url)
  }

  const reloader = new Reloader({
    forwarder,
    settings,
    onLine,
    onStart,
    onFault (printed) {
      const fault = readableFault(printed, application)
      if (!reloader.runs) forwarder.say(fault)
      console.error(`${fault}\n${reloader.runs
        ? 'Until that is mended, the service goes on as it was.'
        : 'The service starts once that is mended.'}`)
    },
    onEnd () {
      const sentence = 'The service has ended; its last lines say why. It starts again when you save.'
      forwarder.say(sentence)
      console.error(sentence)
    }
  })
  const failed = Promise.withResolvers<never>()
  const reload = (changed: string[]) => {
    const paths = changed.filter(path => !isFrontend.test(path))
    if (paths.length > 0 || changed.length === 0) reloader.reload(paths).catch(failed.reject)
  }
  const signal = Promise.race(SIGNALS.map(name => once(process, name)))
  // npm passes on the Ctrl+C that the terminal has already sent; the second one must not cut the end short.
  for (const name of SIGNALS) process.on(name, () => {})
  const endWatching = watchFolders(application, paths => { reload(paths) })
  const ownVariables = watch(folder, (_event, name) => { if (name === '.env') reload([name]) })
  reload([])
  try {
    await Promise.race([signal, failed.promise])
  } finally {
    ownVariables.close()
    endWatching()
    await reloader.stop()
    forwarder.close()
    await bitrix24.close()
    kept.save(portals)
  }
}
