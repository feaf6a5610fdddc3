import { watch } from 'node:fs'
import type { Portal, Sandbox } from '../index.ts'
import { refusalOn } from '../send-message.ts'
import { completeCall, isShown, parseLine } from '../service-log.ts'
import { openingText } from './opening-text.ts'
import { readableFault } from './fault.ts'
import { formatLine } from './format-line.ts'
import type { Forwarder } from './forwarder.ts'
import type { KeptState } from './kept-state.ts'
import { openBrowser } from './open-browser.ts'
import { Reloader } from './reloader.ts'
import { readSettings } from './settings.ts'
import { tellMissing } from './tell-missing.ts'
import { tellUnknown } from './tell-unknown.ts'
import { watchFolders } from './watch-folders.ts'

interface LiveOptions {
  /** The folder of the application: an absolute path */
  application: string
  /** Opens the portal in the browser */
  open: boolean
  /** The public address that leads here, if there is one */
  tunnel: string | undefined
  forwarder: Forwarder
  bitrix24: Sandbox
  kept: KeptState
}

/** The service, loaded again with everything that is saved. */
export interface Live {
  /** Rejects when it cannot go on */
  failed: Promise<never>
  stop (): Promise<void>
}

/** What is printed below by itself, and a warning of what the sandbox has set. */
const SAID_AT_EACH_START = /^(?:Server listening at|listening|ALLOW_INSECURE_PORTALS) /

/** What lies in these folders Vite loads by itself, and keeps what the page has on its screen. */
const isFrontend = /^(?:frontend[/\\]|ui(?:$|[/\\]))/

/** Opens the installation page once more, as an administrator does, so that the portal has what is declared now. */
const bind = ({ env, send }: Sandbox, portal: Portal) =>
  send(portal.placementCall('DEFAULT', { handler: `${env.PUBLIC_URL}/install` }))

/** Runs the service in this folder, with its application installed on the portals of the sandbox. */
export function runLive (options: LiveOptions): Live {
  const { application, tunnel, forwarder, bitrix24, kept } = options
  const folder = process.cwd()
  const { portals, wire } = bitrix24
  kept.restore(portals)
  tellMissing(wire)
  const tellOfUnknown = tellUnknown()
  let [started, shown] = [0, '']
  // Of the application in Bitrix24 that the service is; undefined: that of the sandbox. `told`: what was printed.
  let clientId: string | undefined
  let fixed: Record<string, string> = {}
  let told: { clientId: string | undefined } | undefined

  function settings (port: number): Record<string, string> {
    const read = readSettings({ folder, application, tunnel, bitrix24, kept })
    started = performance.now()
    ;({ shown, clientId, fixed } = read)
    return { ...read.variables, PORT: String(port) }
  }

  function onLine (text: string, runs: boolean): void {
    const line = parseLine(text)
    completeCall(wire, line)
    const isNews = !SAID_AT_EACH_START.test(String(line?.msg)) && (runs || line === undefined || line.level > 30)
    // NO_COLOR counts, too.
    const hasColours = process.stdout.isTTY && process.stdout.hasColors()
    if (isNews && isShown(line, shown)) console.log(formatLine(text, hasColours))
    tellOfUnknown(line)
  }

  /** Whoever reads a new title in a file wants to see it on the portal. */
  async function install (isFirst: boolean, isDeclared: boolean): Promise<void> {
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
    const isFirst = told === undefined || told.clientId !== clientId
    if (clientId === undefined) await install(isFirst, changed.some(path => path.startsWith('placements')))
    kept.keepService(fixed)
    kept.save(portals)
    bitrix24.reload()
    if (told !== undefined) {
      console.log(`Loaded ${changed.join(', ')} in ${Math.round(performance.now() - started)} ms.`)
    }
    if (!isFirst) return
    console.log(openingText({ application, tunnel, clientId, former: kept.addressOf(clientId ?? ''), bitrix24 }))
    if (clientId !== undefined && tunnel !== undefined) kept.keepAddress(clientId, tunnel)
    if (options.open && told === undefined && clientId === undefined) openBrowser(bitrix24.url)
    told = { clientId }
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
        ? 'Until that is fixed, the service goes on as it was.'
        : 'The service starts once that is fixed.'}`)
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
  const endWatching = watchFolders(application, paths => { reload(paths) })
  const ownVariables = watch(folder, (_event, name) => { if (name === '.env') reload([name]) })
  reload([])
  return {
    failed: failed.promise,
    async stop () {
      ownVariables.close()
      endWatching()
      await reloader.stop()
    }
  }
}
