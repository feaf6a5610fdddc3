import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { startSandbox, type PlacementCall, type Sandbox, type SandboxPortal } from '../sandbox/index.ts'
import app, { serverOptions, type AppOptions } from '../src/app.ts'
import { loadConfig, type Config } from '../src/config.ts'
import { createKeyRing } from '../src/keys.ts'
import { loggerOptions } from '../src/logger.ts'
import type { InstallationStore } from '../src/store/installation-store.ts'
import { openStore } from '../src/store/open-store.ts'

/** A running service beside a sandbox portal, both on real ports, closed with the test. */
export interface Service {
  url: string
  sandbox: Sandbox
  fastify: FastifyInstance
  config: Config
  store: InstallationStore
  /** Every line of the log, as text, from level trace on */
  log: string[]
  /** Posts a form as a browser or the queue server does */
  post: (path: string, form: Record<string, string> | string, headers?: Record<string, string>) => Promise<Answer>
  /** Posts a call of the sandbox to the service */
  call: (call: PlacementCall, changes?: { query?: Record<string, string>, body?: Record<string, string | undefined> }) => Promise<Answer>
  /** Installs the application on a portal through the real install page */
  install: (portal?: SandboxPortal) => Promise<Answer>
}
export interface Answer { status: number, headers: Headers, text: string }

export interface ServiceOptions {
  env?: Record<string, string>
  /** Further folders of placements and views */
  app?: Pick<AppOptions, 'placements' | 'views'>
  /** Called before the service is ready: declares placements, replaces handlers */
  prepare?: (fastify: FastifyInstance) => Promise<void> | void
}

/** A port that was free a moment ago. */
export async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  server.close()
  await once(server, 'close')
  return port
}

/** The environment of a service that talks to this sandbox. */
export function environment (sandbox: Sandbox, url: string, env: Record<string, string> = {}): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: new URL(url).port,
    PUBLIC_URL: url,
    B24_CLIENT_ID: sandbox.clientId,
    B24_CLIENT_SECRET: sandbox.clientSecret,
    B24_APP_CODE: sandbox.appCode,
    B24_OAUTH_SERVERS: sandbox.authorizationServer,
    APP_SECRET: randomBytes(32).toString('base64'),
    DATABASE_URL: 'sqlite::memory:',
    ALLOW_INSECURE_PORTALS: 'true',
    ...env
  }
}

/** Posts a form and reads the answer, without following redirects. */
export async function postForm (url: string, form: Record<string, string> | string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString()
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

/** Starts both. */
export async function startService (t: Test, { env = {}, app: folders = {}, prepare }: ServiceOptions = {}): Promise<Service> {
  const url = `http://127.0.0.1:${await freePort()}`
  const sandbox = await startSandbox({ appUrl: url })
  t.after(() => sandbox.close())
  const config = loadConfig(environment(sandbox, url, env))
  const log: string[] = []
  const stream = new Writable({ write (chunk, _, done) { log.push(String(chunk)); done() } })
  const fastify = Fastify({ ...serverOptions(config), logger: { ...loggerOptions('trace'), stream } })
  t.after(() => fastify.close())
  const store = await openStore({ url: config.databaseUrl, keyRing: createKeyRing(config.appSecret) })
  await fastify.register(app, { config, store, ...folders })
  await prepare?.(fastify)
  await fastify.listen({ host: config.host, port: config.port })

  const post: Service['post'] = (path, form, headers) => postForm(new URL(path, url).href, form, headers)
  const call: Service['call'] = ({ url, query, body }, changes = {}) => {
    const target = new URL(url)
    target.search = new URLSearchParams({ ...query, ...changes.query }).toString()
    const fields = Object.entries({ ...body, ...changes.body }).filter((field): field is [string, string] => field[1] !== undefined)
    return postForm(target.href, Object.fromEntries(fields))
  }
  return {
    url,
    sandbox,
    fastify,
    config,
    store,
    log,
    post,
    call,
    async install (portal = sandbox.portals.alpha) {
      const answer = await call(portal.placementCall('DEFAULT', { handler: `${url}/install` }))
      portal.installed = true
      return answer
    }
  }
}

/** The stable code that a refusal page or a JSON error names. */
export const codeOf = ({ text }: Answer): string | undefined => /B24_ERR_[A-Z_]+/.exec(text)?.[0]
