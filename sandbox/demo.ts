// npm run demo: the sandbox portal and the service, each on a free port (or on PORTAL_PORT and PORT), nothing left behind.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import closeWithGrace from 'close-with-grace'
import { sandbox } from './index.ts'

const HOST = '127.0.0.1'
const SIGNALS: Array<'SIGINT' | 'SIGTERM' | 'SIGHUP'> = ['SIGINT', 'SIGTERM', 'SIGHUP']

async function freePort (): Promise<number> {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  // A listening TCP server has such an address, never a pipe's name.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function isHealthy (serviceUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${serviceUrl}/health`)).ok
  } catch {
    return false
  }
}

const port = Number(process.env.PORT) || await freePort()
const serviceUrl = `http://${HOST}:${port}`
const bitrix24 = await sandbox({ appUrl: serviceUrl, port: Number(process.env.PORTAL_PORT ?? 0) })
const folder = await mkdtemp(join(tmpdir(), 'fastify-bitrix24-demo-'))

const service = spawn(process.execPath, ['src/server.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  // Ctrl+C in a terminal reaches a whole process group; the service is stopped from here, once.
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit'],
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
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn'
  }
})
const serviceEnded = once(service, 'exit')

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
