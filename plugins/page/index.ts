import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, basename, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import fastifyView from '@fastify/view'
import { Eta } from 'eta'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { frameLang } from '../../src/http/frame.ts'
import { createI18n, type I18n } from './i18n.ts'

/** Options of the plugin. */
export interface PageOptions {
  /** Folders (absolute paths) with templates of your own, searched before ours. */
  views?: string[]
  /** Whether to keep compiled templates; `false` reads them anew for every page. Default `true`. */
  production?: boolean
  /** `<meta name content>` tags for the page that answers this request, e.g. a page session. */
  meta?: (request: FastifyRequest) => Promise<Record<string, string>> | Record<string, string>
  /** Where our CSS, page script and the SDK of the frame are served. Default `/assets/`. */
  assetsUrl?: string
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The texts of the pages. */
    i18n: I18n
    /**
     * Adds what a plugin has for its pages, at boot: the templates in `views/`, the texts in `locales/` and the files of browsers in
     * `assets/` of its folder, as far as they are there.
     */
    addPageFolder (folder: string): void
  }
  interface FastifyReply {
    /**
     * Answers with a page in the language of the call.
     *
     * In: name of a view, its data (`it` in the template; `it.t(key, vars?)` is the translator), and the page's title;
     * without one it is the text `<view>.title`, if there is such a text. Rejects when the view is missing or throws.
     */
    page (view: string, data?: object, options?: { title?: string }): Promise<FastifyReply>
  }
}

const assets = join(import.meta.dirname, 'assets')
const NO_META = {}

/** Pages for the portal's frame: eta views in a layout, texts of the user's language, assets with lasting addresses. */
const page: FastifyPluginAsync<PageOptions> = async (fastify, options) => {
  checkOptions(options)
  const { views = [], production = true, meta = () => NO_META, assetsUrl = '/assets/' } = options
  const i18n = createI18n()
  const eta = templates(views, production)
  const assetFolders = [assets]
  // The build puts a copy of the SDK, with compressed ones, beside our own assets.
  const sdk = [join(assets, 'b24jssdk.js'), sdkInPackage()].find(existsSync) as string // the package is a dependency

  // The address changes with the file's content, so that a browser may keep it for ever.
  const fileOf = (name: string) => assetFolders.map(folder => join(folder, name)).find(existsSync) ?? join(assets, name)
  const assetUrl = (name: string, file = fileOf(name)) => `${assetsUrl}${name}?v=${hash(file)}`
  const addresses = new Map<string, string>()
  /** For views that need a file of their own: `it.asset('composer.js')`. */
  function asset (name: string): string {
    const address = addresses.get(name) ?? assetUrl(name)
    addresses.set(name, address)
    return address
  }

  // In a scope of their own, the decorators of both plugins cannot clash with those of the application.
  let render: typeof fastify.view
  await fastify.register(async scope => {
    await scope.register(fastifyStatic, staticFiles(assets, assetsUrl))
    if (dirname(sdk) !== assets) {
      scope.get(`${assetsUrl}b24jssdk.js`, { logLevel: 'warn' }, (request, reply) => reply.sendFile(basename(sdk), dirname(sdk)))
    }
    await scope.register(fastifyView, {
      engine: { eta: eta.engine },
      root: join(import.meta.dirname, 'views'),
      viewExt: 'eta',
      layout: 'layout',
      production,
      defaultContext: {
        asset,
        assets: {
          tokens: assetUrl('b24-tokens.css'),
          css: assetUrl('page.css'),
          script: assetUrl('page.js'),
          sdk: assetUrl('b24jssdk.js', sdk)
        }
      }
    })
    render = scope.view
  })

  // Whether there is a text is asked for once a view.
  const titleKeys = new Map<string, string>()
  function titleKey (view: string): string {
    const key = titleKeys.get(view) ?? (i18n.has(`${view}.title`) ? `${view}.title` : 'page.title')
    titleKeys.set(view, key)
    return key
  }

  fastify.decorate('i18n', i18n)
  fastify.decorate('addPageFolder', folder => {
    const [views, locales, files] = ['views', 'locales', 'assets'].map(name => join(folder, name)) as [string, string, string]
    if (existsSync(views)) eta.add(views)
    if (existsSync(locales)) i18n.add(locales)
    if (!existsSync(files)) return
    assetFolders.push(files)
    fastify.register(fastifyStatic, { ...staticFiles(files, assetsUrl), decorateReply: false })
  })
  eta.add(join(import.meta.dirname, 'views'))
  fastify.decorateReply('page', async function (this: FastifyReply, view, data, options) {
    const { tag, dir, t } = i18n.resolve(frameLang(this.request))
    const title = options?.title ?? t(titleKey(view))
    const html = await render(view, { ...data, t, page: { lang: tag, dir, title, meta: await meta(this.request) } })
    return this.type('text/html; charset=utf-8').send(html)
  })
}

function checkOptions ({ views, production, meta, assetsUrl }: PageOptions): void {
  if (views !== undefined && !(Array.isArray(views) && views.every(isAbsolute))) {
    throw new TypeError('The option "views" must be a list of absolute paths')
  }
  if (production !== undefined && typeof production !== 'boolean') {
    throw new TypeError('The option "production" must be true or false')
  }
  if (meta !== undefined && typeof meta !== 'function') {
    throw new TypeError('The option "meta" must be a function of the request')
  }
  if (assetsUrl !== undefined && !/^\/(?:[\w.-]+\/)+$/.test(assetsUrl)) {
    throw new TypeError('The option "assetsUrl" must be a path that begins and ends with a slash')
  }
}

/** In: absolute path of a folder, and where its files are served. A route for each file, so that folders share one address. */
const staticFiles = (root: string, prefix: string) =>
  ({ root, prefix, wildcard: false, immutable: true, maxAge: '1y', index: false, preCompressed: true, logLevel: 'warn' } as const)

/** An eta that looks a template up in several folders, the first that has it wins; names are relative to the folders. */
function templates (folders: readonly string[], production: boolean): { engine: Eta, add: (folder: string) => void } {
  const eta = new Eta()
  const resolveIn = eta.resolvePath
  const scopes = folders.map(folder => eta.withConfig({ views: folder }))
  const known = new Map<string, string>()
  eta.resolvePath = name => {
    const path = known.get(name) ?? scopes.map(scope => resolveIn.call(scope, name)).find(existsSync)
    if (path === undefined) throw new Error(`There is no view "${name}"`)
    if (production) known.set(name, path)
    return path
  }
  return { engine: eta, add: folder => { scopes.push(eta.withConfig({ views: folder })) } }
}

function sdkInPackage (): string {
  return join(dirname(fileURLToPath(import.meta.resolve('@bitrix24/b24jssdk/package.json'))), 'dist/umd/index.min.js')
}

function hash (file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('base64url').slice(0, 12)
}

export default fp(page, { fastify: '5.x', name: 'b24-page' })
