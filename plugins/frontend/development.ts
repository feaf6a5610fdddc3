import { existsSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { FastifyInstance } from 'fastify'
import type { Logger, Plugin } from 'vite'
import { isPrivateHost } from '../../src/http/frame.ts'
import { findEntry } from './entries.ts'
import type { Frontend } from './frontend.ts'
import type { Render } from './render.ts'
import { createTemplate } from './template.ts'
import { createUpgradeServer } from './upgrades.ts'
import { loadVite, ownSettings, projectOf } from './vite.ts'

interface DevelopmentOptions {
  sources: string
  publicUrl: string
  /** The path of `publicUrl` */
  base: string
}

/**
 * Vite inside the service: pages and modules as they are now, and their changes over the service's own port.
 *
 * @throws {FrontendViteError}
 */
export async function createDevelopment (
  fastify: FastifyInstance, { sources, publicUrl, base }: DevelopmentOptions
): Promise<Frontend> {
  const root = projectOf(sources)
  const { createServer, createLogger } = await loadVite(root)
  const { hostname, host, protocol } = new URL(publicUrl)
  const isPublic = !isPrivateHost(hostname)
  const folder = `/${relative(root, sources).split(sep).join('/')}`
  const entries = folder.slice(1)
  const vite = await createServer({
    ...ownSettings,
    root,
    base: `${base}/ui/`,
    // The policy of our pages has no data: addresses.
    build: { assetsInlineLimit: 0 },
    plugins: [pageReload(sources), bundlingErrors(fastify), packageFiles],
    // What the entries import is bundled now: found when a page asks for it, it would reload the page.
    optimizeDeps: { entries: [`${entries}/*.{html,js,jsx,ts,tsx}`, `!${entries}/*.*.*`] },
    customLogger: toLog(createLogger('info'), fastify),
    server: {
      middlewareMode: true,
      ws: { server: createUpgradeServer(fastify.server, base) },
      allowedHosts: [hostname],
      // Behind a tunnel anybody can ask: what modules import is served wherever it is, other files are not.
      fs: {
        allow: [sources, join(root, 'node_modules')],
        deny: ['.env', '.env.*', '*.{crt,pem,key,db}', '**/.git/**', '**/.bitrix24/**']
      },
      watch: { ignored: ['**/.bitrix24/**', join(dirname(sources), 'ui/**')] }
    }
  })
  fastify.addHook('preClose', () => vite.close())
  // Vite takes addresses on a page as they are; the page is somewhere else.
  const rooted = (html: string) => html.replaceAll(/\b(src|href)="(\.\.?\/[^"]*)"/g, (_, name: string, path: string) =>
    `${name}="${posix.join(folder, path)}"`)

  return {
    async page (name) {
      const { html, server } = findEntry(sources, name)
      const template = createTemplate(await vite.transformIndexHtml(`${folder}/${name}.html`, rooted(html)))
      if (server === undefined) return { template }
      return {
        template,
        async render (page, options) {
          const { render } = await vite.ssrLoadModule(server) as { render: Render }
          return await render(page, options)
        }
      }
    },
    // Its client asks in a worker whether a service that has ended is there again.
    sources: { 'connect-src': [`${protocol === 'https:' ? 'wss' : 'ws'}://${host}`], 'worker-src': ['blob:'] },
    async serve (scope) {
      scope.get('/ui/*', { logLevel: 'warn', exposeHeadRoute: false }, (request, reply) => {
        const path = request.url.slice(`${scope.prefix}/ui/`.length)
        if (isPublic && opensEditor.test(path)) return reply.callNotFound()
        reply.hijack()
        const { raw } = reply
        // Without the prefix of a host, which PUBLIC_URL ends with.
        request.raw.url = `${base}/ui/${path}`
        vite.middlewares(request.raw, raw, () => { raw.writeHead(404).end() })
      })
    }
  }
}

// Starts a program of the developer with a file that the address names: nothing for strangers behind a tunnel.
const opensEditor = /^[^?]*__open-in-editor/i

/** Reloads the pages when the HTML of an entry changes: Vite looks for pages that are open at an address of its own. */
const pageReload = (sources: string): Plugin => ({
  name: 'fastify-bitrix24:page-reload',
  hotUpdate ({ file }) {
    if (!file.endsWith('.html') || !file.startsWith(sources)) return undefined
    this.environment.hot.send({ type: 'full-reload', path: '*' })
    return []
  }
})

/**
 * Names a file of a package by its address: without a version where that has none. Vite would add one, and so take the
 * file for another than a plugin has named, as that of Bitrix24 UI does. It answers with 504 then, and the page is
 * blank, where a browser asks for the file before Vite has seen who imports it: the importer is in its cache.
 */
const packageFiles: Plugin = {
  name: 'fastify-bitrix24:package-files',
  enforce: 'pre',
  resolveId (id) {
    const file = posix.join(this.environment.config.root, id)
    return /^\/node_modules\/.+\.[cm]?[jt]s$/.test(id) && existsSync(file) ? file : undefined
  }
}

/**
 * Has the service outlive packages that cannot be bundled, such as one with a mistake in it. Vite hangs that work on a
 * promise of its own and catches no error, which would end the process; also while or after it closes.
 */
const bundlingErrors = ({ log }: FastifyInstance): Plugin => ({
  name: 'fastify-bitrix24:bundling-errors',
  configureServer ({ environments: { client } }) {
    const wait = client.waitForRequestsIdle.bind(client)
    const fail = async (error: Error) => {
      log.error(stripVTControlCharacters(error.message).trim())
      // Requests for what was to be bundled wait for it.
      await client.depsOptimizer?.close()
    }
    client.waitForRequestsIdle = id => {
      const idle = wait(id)
      const then = (next: () => Promise<void>) => Promise.prototype.then.call(idle, next).catch(fail)
      return Object.assign(idle, { then })
    }
  }
})

/** Vite's lines in the log of the service. */
function toLog (logger: Logger, { log }: FastifyInstance): Logger {
  const write = (level: 'info' | 'warn' | 'error') => (text: string) => {
    log[level](stripVTControlCharacters(text).trim())
  }
  const [info, warn, error] = [write('info'), write('warn'), write('error')]
  return Object.assign(logger, { info, warn, warnOnce: warn, error })
}
