// npm run demo: the sandbox portal and the service, each on a free port (or on PORTAL_PORT and PORT), nothing left behind.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import closeWithGrace from 'close-with-grace'
import { sandbox } from './index.ts'
import type { Sandbox } from './index.ts'
import { freePort, HOST } from './listen.ts'
import { completeCall, isShown, parseLine } from './service-log.ts'

const SIGNALS: Array<'SIGINT' | 'SIGTERM' | 'SIGHUP'> = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Ends the demo with one sentence. */
function giveUp (sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

/** Whether a server can listen on the port. */
async function isFree (port: number): Promise<boolean> {
  const server = createServer().listen(port, HOST)
  const isOurs = await once(server, 'listening').then(() => true, () => false)
  server.close()
  return isOurs
}

const taken = (variable: string, port: number): string => `Port ${port} is taken: set ${variable} to a free one, or leave it out.`

async function startPortal (appUrl: string, port: number): Promise<Sandbox> {
  try {
    return await sandbox({ appUrl, port })
  } catch (error) {
    // The sandbox fails with a sentence, and with a code when a port is taken.
    const { code, message } = error as NodeJS.ErrnoException
    return giveUp(code === 'EADDRINUSE' ? taken('PORTAL_PORT', port) : message)
  }
}

async function isHealthy (serviceUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${serviceUrl}/health`)).ok
  } catch {
    return false
  }
}

const port = Number(process.env.PORT) || await freePort()
if (!await isFree(port)) giveUp(taken('PORT', port))
const serviceUrl = `http://${HOST}:${port}`
const bitrix24 = await startPortal(serviceUrl, Number(process.env.PORTAL_PORT ?? 0))
const logLevel = process.env.LOG_LEVEL ?? 'warn'
const folder = await mkdtemp(join(tmpdir(), 'fastify-bitrix24-demo-'))

const service = spawn(process.execPath, ['src/server.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  // Ctrl+C in a terminal reaches a whole process group; the service is stopped from here, once.
  detached: true,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    HOST,
    PORT: String(port),
    PUBLIC_URL: serviceUrl,
    B24_CLIENT_ID: bitrix24.clientId,
    B24_CLIENT_SECRET: bitrix24.clientSecret,
    B24_APP_CODE: bitrix24.appCode,
    B24_OAUTH_SERVERS: bitrix24.authorizationServer,
    APP_SECRET: randomBytes(32).toString('base64'),
    DATABASE_URL: `sqlite:${join(folder, 'demo.db')}`,
    ALLOW_INSECURE_PORTALS: 'true',
    // The lines of calls are of this level, and the wire needs them whatever is shown here.
    LOG_LEVEL: ['warn', 'error', 'fatal', 'silent'].includes(logLevel) ? 'info' : logLevel
  }
})
const serviceEnded = once(service, 'exit')

createInterface(service.stdout).on('line', text => {
  const line = parseLine(text)
  completeCall(bitrix24.wire, line)
  if (isShown(line, logLevel)) console.log(text)
})

let stopping = false
const { close } = closeWithGrace({ delay: 10_000, skip: SIGNALS }, async ({ err }) => {
  stopping = true
  if (err) console.error(err)
  service.kill('SIGTERM')
  await serviceEnded
  await bitrix24.close()
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

while (!await isHealthy(serviceUrl)) await wait(50)
console.log(`\nOpen ${bitrix24.url}/ to install the application and then click the links in the feed. Ctrl+C stops everything.\n`)
