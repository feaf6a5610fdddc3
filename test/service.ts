import { Writable } from 'node:stream'
import ajvCompiler from '@fastify/ajv-compiler'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Test } from 'tap'
import { sandbox, type Portal, type Sandbox, type SandboxAnswer, type SandboxMethod } from '../sandbox/index.ts'
import { addressOf } from './build.ts'
import type { LogLine } from './log-lines.ts'
import { until } from './until.ts'
import app from '../src/app.ts'
import type { AppOptions } from '../src/app-options.ts'
import { loadConfig, type Config } from '../src/config.ts'
import { createKeyRing } from '../src/crypto/keys.ts'
import { loggerOptions } from '../src/log/logger.ts'
import { serverOptions } from '../src/server-options.ts'
import type { NewInstallation } from '../src/store/installation-store.ts'
import { openStore, type Store } from '../src/store/open-store.ts'
export { freePort } from '../sandbox/listen.ts'

/** A running service beside a sandbox portal, both on real ports, closed with the test. */
export interface Service {
  url: string
  sandbox: Sandbox
  fastify: FastifyInstance
  config: Config
  store: Store
  /** Every line of the log, as text, from level trace on */
  log: string[]
  /** The same, parsed */
  lines: () => LogLine[]
  /** Posts a form as a browser or the queue server does */
  post: (path: string, form: Record<string, string> | string, headers?: Record<string, string>) => Promise<Answer>
  /** Posts a call of the sandbox to the service */
  call: Sandbox['send']
  /** Installs the application on a portal through the real install page */
  install: Sandbox['install']
}
export type Answer = SandboxAnswer

export interface ServiceOptions {
  env?: Record<string, string>
  /** Further folders, the signal to shut down. Tests count requests, so the client is not checked by default */
  app?: Pick<AppOptions, 'application' | 'links' | 'checksClient' | 'shutdown'>
  /** REST methods of the portals, beside those that the sandbox has */
  methods?: Record<string, SandboxMethod>
  /** Whether the example texts of the portals lead to the screens of the application */
  screenLinks?: boolean
  /** Methods that take the place of the store's, given the store */
  store?: (store: Store) => Partial<Store>
  /** Called before the service is ready: declares placements, replaces handlers */
  prepare?: (fastify: FastifyInstance) => Promise<void> | void
}

/** The environment of a service at another address than the one the sandbox has chosen. */
export function environment (sandbox: Sandbox, url: string, env: Record<string, string> = {}): Record<string, string> {
  return { ...sandbox.env, PORT: new URL(url).port, PUBLIC_URL: url, ...env }
}

/** The application as a portal's administrator has installed it, with a new token pair; `expiresIn` in seconds. */
export function installationOn (portal: Portal, sandbox: Sandbox, expiresIn = 3600): NewInstallation {
  const { accessToken, refreshToken } = portal.grant(portal.users.admin, { expiresIn })
  return {
    ...addressOf(portal, sandbox),
    applicationToken: portal.applicationToken,
    tokens: { accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1000 },
    userId: portal.users.admin.id
  }
}

/** The service, without the scope around it: the test uses its decorators. */
export const openApp = fp((fastify: FastifyInstance, options: AppOptions) =>
  app(fastify, { standalone: true, ...options }))

/** Posts a form and reads the answer, without following redirects. */
export async function postForm (
  url: string, form: Record<string, string> | string, headers: Record<string, string> = {}
): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString()
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

// Schemas are compiled once for all services of a process: that is a fifth of what a start costs.
const schemaController = { compilersFactory: { buildValidator: ajvCompiler() } }

/** Starts a sandbox portal and the service beside it, both closed with the test. */
export async function startService (
  t: Test,
  { env = {}, app: folders = {}, methods = {}, screenLinks = false, store: replace = () => ({}), prepare }:
  ServiceOptions = {}
): Promise<Service> {
  const bitrix24 = await sandbox({ methods, screenLinks })
  t.after(() => bitrix24.close())
  const config = loadConfig({ ...bitrix24.env, ...env })
  const log: string[] = []
  const stream = new Writable({ write (chunk, _, done) { log.push(String(chunk)); done() } })
  const fastify = Fastify({ ...serverOptions(config), schemaController, logger: { ...loggerOptions('trace'), stream } })
  t.after(() => fastify.close())
  const opened = await openStore({ url: config.databaseUrl, keyRing: createKeyRing(config.appSecret) })
  const store = { ...opened, ...replace(opened) }
  await fastify.register(openApp, { config, store, checksClient: false, ...folders })
  await prepare?.(fastify)
  await fastify.listen({ host: config.host, port: config.port })

  const { PUBLIC_URL: url } = bitrix24.env
  return {
    url,
    sandbox: bitrix24,
    fastify,
    config,
    store,
    log,
    lines: () => log.map(line => JSON.parse(line)),
    post: (path, form, headers) => postForm(new URL(path, url).href, form, headers),
    call: bitrix24.send,
    install: async portal => {
      const answer = await bitrix24.install(portal)
      // The portal has sent ONAPPINSTALL; the service answers at once and does the work later.
      await until(() => fastify.lifecycleEvents.pending() === 0)
      return answer
    }
  }
}

/** The code that an error page or a JSON error names. */
export const codeOf = ({ text }: Pick<Answer, 'text'>): string | undefined => /B24_ERR_[A-Z_]+/.exec(text)?.[0]

/** The page session that a page carries. */
export const sessionIn = ({ text }: Pick<Answer, 'text'>): string =>
  /<meta name="page-session" content="([^"]+)"/.exec(text)?.[1] ?? ''
