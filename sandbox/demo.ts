// npm run demo: the sandbox portal and the service, each on a free port (or on PORTAL_PORT and PORT), nothing left
// behind but what people wrote, in the file PORTAL_DATABASE if there is one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import closeWithGrace from 'close-with-grace'
import { documentServer } from './documents.ts'
import { withKey } from './environment.ts'
import { sandbox } from './index.ts'
import type { Sandbox } from './index.ts'
import { freePort, HOST, listen } from './listen.ts'
import { completeCall, isShown, parseLine } from './service-log.ts'

const SIGNALS: Array<'SIGINT' | 'SIGTERM' | 'SIGHUP'> = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Ends the demo with one sentence. */
function giveUp (sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

/** The port that a variable names, 0 for any. */
function portOf (name: string): number {
  const port = Number(process.env[name] ?? 0)
  return Number.isInteger(port) && port >= 0 && port < 65536 ? port : giveUp(`${name} is not the number of a port.`)
}

/**
 * A free port for the service and the portals, which know it; what stands in the way ends the demo with one sentence.
 */
async function startPortals (): Promise<Sandbox> {
  const { PORTAL_DATABASE } = process.env
  const [port, portalPort] = [portOf('PORT'), portOf('PORTAL_PORT')]
  if (port !== 0 && port === portalPort) {
    giveUp('PORT and PORTAL_PORT name the same port: the service needs one, the portal another.')
  }
  try {
    const appUrl = `http://${HOST}:${await freePort(port)}`
    return await sandbox({
      appUrl, port: portalPort, screenLinks: true, ...(PORTAL_DATABASE && { database: PORTAL_DATABASE })
    })
  } catch (error) {
    // All of them fail with a sentence.
    return giveUp((error as Error).message)
  }
}

async function isHealthy (serviceUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${serviceUrl}/health`)).ok
  } catch {
    return false
  }
}

const bitrix24 = await startPortals()
const documents = documentServer()
const logLevel = process.env.LOG_LEVEL ?? 'warn'
const folder = await mkdtemp(join(tmpdir(), 'fastify-bitrix24-demo-'))

const service = spawn(process.execPath, [...process.execArgv, 'src/server.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  // Ctrl+C in a terminal reaches a whole process group; the service is stopped from here, once.
  detached: true,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    ...bitrix24.env,
    LINKS_API_KEYS: withKey(process.env.LINKS_API_KEYS, bitrix24.env),
    // The application of a developer, if one is named, else the example.
    APPLICATION: process.env.APPLICATION || fileURLToPath(new URL('../example', import.meta.url)),
    DOCUMENT_ORIGINS: await listen(documents),
    DATABASE_URL: `sqlite:${join(folder, 'demo.db')}`,
    // The lines of calls are of this level, and the wire needs them whatever is shown here.
    LOG_LEVEL: ['warn', 'error', 'fatal', 'silent'].includes(logLevel) ? 'info' : logLevel
  }
})
const serviceEnded = once(service, 'exit')

createInterface(service.stdout).on('line', text => {
  const line = parseLine(text)
  completeCall(bitrix24.wire, line)
  // The demo sets this variable itself: there is nothing to fix.
  const isOurs = text.includes('ALLOW_INSECURE_PORTALS')
  if (isShown(line, logLevel) && !isOurs) console.log(text)
})

let stopping = false
const { close } = closeWithGrace({ delay: 10_000, skip: SIGNALS }, async ({ err }) => {
  stopping = true
  if (err) console.error(err.message)
  service.kill('SIGTERM')
  await serviceEnded
  await Promise.all([bitrix24.close(), documents.close()])
  await rm(folder, { recursive: true, force: true })
})

// npm passes on the Ctrl+C that the terminal has already sent; the second one must not cut the clean-up short.
for (const signal of SIGNALS) {
  process.on(signal, async () => {
    if (!stopping) await close()
  })
}

service.once('exit', () => {
  if (!stopping) throw new Error('The service has ended; see its messages above.')
})

while (!await isHealthy(bitrix24.env.PUBLIC_URL)) await wait(50)
console.log(
  `\nOpen ${bitrix24.url}/ to install the application and then click the links in the feed. Ctrl+C stops everything.\n`
)
