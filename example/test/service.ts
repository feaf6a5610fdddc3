import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import Fastify, { type FastifyInstance } from 'fastify'
import {
  app, createKeyRing, loadConfig, openStore, parseSliderLink, serverOptions, type AppOptions
} from 'fastify-bitrix24'
import { sandbox, type SandboxAnswer, type SandboxMethod } from 'fastify-bitrix24/sandbox'
import fp from 'fastify-plugin'
import type { Test } from 'tap'

export type Service = Awaited<ReturnType<typeof startService>>
export type Answer = SandboxAnswer
export type Person = 'admin' | 'employee' | 'designer'

/** Without the scope around it: tests look at the decorators of the application, too. */
const opened = fp((fastify: FastifyInstance, options: AppOptions) => app(fastify, options))

/**
 * A sandbox portal, and the service with this application, installed on the portal alpha; all closed with the test.
 *
 * @param methods REST methods of the portals, in the place of the sandbox's
 * @param prepare called before the service is ready
 */
export async function startService (t: Test, { documents = '', databaseUrl = 'sqlite::memory:', methods, prepare }: {
  documents?: string,
  databaseUrl?: string,
  methods?: Record<string, SandboxMethod>,
  prepare?: (fastify: FastifyInstance) => Promise<void>
} = {}) {
  process.env['DOCUMENT_ORIGINS'] = documents
  const bitrix24 = await sandbox({ logLevel: 'trace', ...(methods && { methods }) })
  t.after(() => bitrix24.close())
  const config = loadConfig({ ...bitrix24.env, DATABASE_URL: databaseUrl })
  const log: string[] = []
  const secrets: string[] = []
  const stream = new Writable({ write (chunk, _, done) { log.push(String(chunk)); done() } })
  const options = serverOptions(config)
  const fastify = Fastify({ ...options, logger: { level: 'trace', ...Object(options.logger), stream } })
  t.after(() => fastify.close())
  const store = await openStore({ url: config.databaseUrl, keyRing: createKeyRing(config.appSecret) })
  await fastify.register(opened, { config, store, application: join(import.meta.dirname, '..') })
  await prepare?.(fastify)
  await fastify.listen({ host: config.host, port: config.port })
  const { PUBLIC_URL: url } = bitrix24.env

  /** Installs the application, and waits until all of it is done. */
  async function install () {
    await bitrix24.install()
    await until(() => fastify.lifecycleEvents.pending() === 0)
  }
  await install()

  return {
    url,
    log,
    /** The access tokens of the users who opened screens */
    secrets,
    store,
    fastify,
    sandbox: bitrix24,
    alpha: bitrix24.portals.alpha,
    install,
    /** Opens a screen by a link, as a user who clicks it. */
    async open (screen: string, params: Record<string, unknown>, { user = 'admin', lang = 'en', by }: {
      user?: Person, lang?: string, by?: number | undefined
    } = {}): Promise<Answer> {
      const { alpha } = bitrix24.portals
      const portal = { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }
      const { path } = fastify.links.write(screen, params, { portal, ...(by !== undefined && { by }) })
      const link = { params: parseSliderLink(path).params, user: alpha.users[user], lang }
      const call = alpha.placementCall('REST_APP_URI', link)
      secrets.push(String(call.body['AUTH_ID']))
      return await bitrix24.send(call)
    },
    /** Posts a form of a page. */
    async post (path: string, form: Record<string, string>) {
      const answer = await fetch(new URL(path, url), { method: 'POST', body: new URLSearchParams(form) })
      return { status: answer.status, headers: answer.headers, text: await answer.text() }
    },
    /** Calls a route of the application, as the script of a page does. */
    async call (path: string, body: object, { pageSession }: Pick<Answer, 'pageSession'>, accessToken?: string) {
      const answer = await fetch(new URL(path, url), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${pageSession}`,
          ...(accessToken !== undefined && { 'x-b24-auth-id': accessToken })
        },
        body: JSON.stringify(body)
      })
      return { status: answer.status, text: await answer.text() }
    }
  }
}

/** The code that an error page or a JSON error names. */
export const codeOf = ({ text }: { text: string }): string | undefined => /(?:B24_ERR|EXAMPLE)_[A-Z_]+/.exec(text)?.[0]

/** What a form of a page carries in an attribute. */
export const attributeIn = ({ text }: { text: string }, name: string): string =>
  new RegExp(`${name}="([^"]+)"`).exec(text)?.[1] ?? ''

/** Resolves when the condition holds; rejects after a minute. */
export async function until (condition: () => unknown): Promise<void> {
  const end = Date.now() + 60_000
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`this never became true: ${condition}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** A server on 127.0.0.1 that answers as the test says, closed with the test. */
export async function serverFor (t: Test, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  return `http://127.0.0.1:${port}`
}
