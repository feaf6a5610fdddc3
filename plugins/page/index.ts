import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import fastifyView from '@fastify/view'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { frameLang } from '../../src/http/frame.ts'
import { createI18n, type I18n } from './i18n.ts'
import { createTemplates } from './templates.ts'

export interface PageOptions {
  /** Folders (absolute paths) with templates of your own, searched before ours */
  views?: readonly string[]
  /** `<meta name content>` tags for the page that answers this request, e.g. a page session */
  meta?: (request: FastifyRequest) => Promise<Record<string, string>>
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The texts of the pages. */
    i18n: I18n
    /**
     * Adds what a plugin has for its pages, at boot: the templates in `views/`, the texts in `locales/` and the files of
     * browsers in `assets/` of its folder, as far as they are there.
     *
     * @param folder absolute path
     */
    addPageFolder: (folder: string) => void
  }
  interface FastifyReply {
    /**
     * Answers with a page in the language of the call.
     *
     * @param view its name; rejects when it is missing or throws
     * @param data `it` in the template, beside the translator `it.t(key, vars?)`
     * @param options without a title it is the text `<view>.title`, if there is such a text
     */
    page: (view: string, data?: object, options?: { title?: string }) => Promise<FastifyReply>
  }
}

const assets = join(import.meta.dirname, 'assets')
const assetsUrl = '/assets/'
// The build puts a copy of the SDK, with compressed ones, beside our own assets.
const sdk = [join(assets, 'b24jssdk.js'), sdkInPackage()].find(existsSync) as string // the package is a dependency

/** Pages for the portal's frame: eta views in a layout, texts of the user's language, assets with lasting addresses. */
async function page (fastify: FastifyInstance, options: PageOptions) {
  checkOptions(options)
  const { views = [], meta = async () => ({}) } = options
  const i18n = createI18n()
  const templates = createTemplates(views)
  const assetFolders = [assets]

  // The address changes with the file's content, so that a browser may keep it for ever.
  const addressOf = (name: string, file: string) => `${assetsUrl}${name}?v=${hash(file)}`
  const fileOf = (name: string) => assetFolders.map(folder => join(folder, name)).find(existsSync) ?? join(assets, name)
  /** For views that need a file of their own: `it.asset('composer.js')`. */
  const asset = remembered((name: string) => addressOf(name, fileOf(name)))
  const titleKey = remembered((view: string) => i18n.has(`${view}.title`) ? `${view}.title` : 'page.title')

  // In a scope of their own, the decorators of both plugins cannot clash with those of the application.
  let render: typeof fastify.view
  await fastify.register(async scope => {
    await scope.register(fastifyStatic, staticFiles(assets))
    if (dirname(sdk) !== assets) {
      scope.get(`${assetsUrl}b24jssdk.js`, { logLevel: 'warn' }, (_request, reply) =>
        reply.sendFile(basename(sdk), dirname(sdk)))
    }
    await scope.register(fastifyView, {
      engine: { eta: templates.engine },
      root: join(import.meta.dirname, 'views'),
      viewExt: 'eta',
      layout: 'layout',
      production: true,
      defaultContext: {
        asset,
        assets: {
          tokens: asset('b24-tokens.css'),
          css: asset('page.css'),
          script: asset('page.js'),
          sdk: addressOf('b24jssdk.js', sdk)
        }
      }
    })
    render = scope.view
  })

  fastify.decorate('i18n', i18n)
  fastify.decorate('addPageFolder', folder => {
    const views = join(folder, 'views')
    const locales = join(folder, 'locales')
    const files = join(folder, 'assets')
    if (existsSync(views)) templates.add(views)
    if (existsSync(locales)) i18n.add(locales)
    if (!existsSync(files)) return
    assetFolders.push(files)
    fastify.register(fastifyStatic, { ...staticFiles(files), decorateReply: false })
  })
  templates.add(join(import.meta.dirname, 'views'))
  fastify.decorateReply('page', async function (this: FastifyReply, view, data, options) {
    const { tag, dir, t } = i18n.resolve(frameLang(this.request))
    const title = options?.title ?? t(titleKey(view))
    const html = await render(view, { ...data, t, page: { lang: tag, dir, title, meta: await meta(this.request) } })
    return this.type('text/html; charset=utf-8').send(html)
  })
}

function checkOptions ({ views = [], meta }: PageOptions): void {
  if (!Array.isArray(views) || !views.every(isAbsolute)) {
    throw new TypeError('page: options.views must be a list of absolute paths')
  }
  if (meta !== undefined && typeof meta !== 'function') {
    throw new TypeError('page: options.meta must be a function of the request')
  }
}

/** What is asked for by name again and again, and found once. */
function remembered (find: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>()
  return name => {
    const value = known.get(name) ?? find(name)
    known.set(name, value)
    return value
  }
}

/** A route for each file, so that several folders share one address. */
const staticFiles = (root: string) => ({
  root, prefix: assetsUrl, wildcard: false, immutable: true, maxAge: '1y', index: false, preCompressed: true, logLevel: 'warn'
} as const)

function sdkInPackage (): string {
  return join(dirname(fileURLToPath(import.meta.resolve('@bitrix24/b24jssdk/package.json'))), 'dist/umd/index.min.js')
}

function hash (file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('base64url').slice(0, 12)
}

export default fp(page, { fastify: '5.x', name: 'b24-page' })
