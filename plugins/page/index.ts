import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyView from '@fastify/view'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { postedFrame } from '../../src/http/frame.ts'
import { prefixOf } from '../../src/http/urls.ts'
import { checkOptions, optional, rule, type OptionRules } from '../../src/schemas/plugin-options.ts'
import { createAssets } from './assets.ts'
import { createI18n, type I18n } from './i18n.ts'

export interface PageOptions {
  /** Folders with templates of your own, searched before ours: absolute paths */
  views?: readonly string[]
  /** Folders with texts of your own, which win over ours: absolute paths */
  locales?: readonly string[]
  /** Folders with files of browsers, served at /public/: absolute paths */
  public?: readonly string[]
  /** What stands before the paths of the service, such as `/b24`. Default the prefix of its scope */
  base?: string
  /**
   * Default `light`, as the pages of a portal are. `system`: dark where the browser asks for it, that is as the page
   * around the frame is, or where that does not say, as the user's system
   */
  colorScheme?: 'light' | 'system'
  /** `<meta name content>` tags for the page that answers this request, e.g. a page session */
  meta?: (request: FastifyRequest) => Promise<Record<string, string>>
}

declare module 'fastify' {
  interface FastifyInstance {
    pages: {
      i18n: I18n
      /**
       * Adds what a plugin has for its pages, at boot: the templates in `views/`, the texts in `locales/` and the files
       * of browsers in `assets/` of its folder, as far as they are there.
       *
       * @param folder absolute path
       */
      addFolder: (folder: string) => void
    }
  }
  interface FastifyReply {
    /**
     * Answers with a page in the language of the call.
     *
     * @param view its name; rejects when it is missing or throws
     * @param data `it` in the template, beside the translator `it.t(key, vars?)`
     * @param options without a title, or with blanks for one, it is the text `<view>.title`, if there is such a text
     */
    page: (view: string, data?: object, options?: { title?: string }) => Promise<FastifyReply>
  }
}

/** Pages for the portal's frame: eta views in a layout, texts of the user's language, assets with lasting addresses. */
async function page (fastify: FastifyInstance, options: PageOptions) {
  checkOptions('page', options, optionRules)
  const { views = [], locales = [], base = prefixOf(fastify), colorScheme = 'light', meta = async () => ({}) } = options
  const i18n = createI18n(undefined, locales, fastify.log)
  const templates = createTemplates(views)
  const assets = createAssets(base, options.public ?? [], colorScheme === 'system')

  // In a scope of their own, the decorators of both plugins cannot clash with those of the application.
  let render: (template: Template, data: object) => Promise<string>
  await fastify.register(async scope => {
    await assets.serve(scope)
    await scope.register(fastifyView, {
      engine: { eta: templates.engine },
      root: join(import.meta.dirname, 'views'),
      production: true,
      // The application around us may have a `view` of its own.
      propertyName: 'b24View',
      asyncPropertyName: 'b24ViewAsync',
      defaultContext: { base, asset: assets.asset, assets: assets.ofEveryPage }
    })
    render = (scope as typeof scope & { b24View: typeof render }).b24View
  })

  const titles = new Map<string, string>()
  /** The key of a view's title. */
  function titleOf (view: string): string {
    const key = titles.get(view) ?? (i18n.has(`${view}.title`) ? `${view}.title` : 'page.title')
    titles.set(view, key)
    return key
  }

  function addFolder (folder: string): void {
    const views = join(folder, 'views')
    const locales = join(folder, 'locales')
    const files = join(folder, 'assets')
    if (existsSync(views)) templates.add(views)
    if (existsSync(locales)) i18n.add(locales)
    if (existsSync(files)) assets.add(fastify, files)
  }
  fastify.decorate('pages', { i18n, addFolder })
  templates.add(join(import.meta.dirname, 'views'))
  fastify.decorateReply('page', async function (this: FastifyReply, view, data, options) {
    const { tag, dir, t } = i18n.resolve(...postedFrame(this.request).langs)
    const title = options?.title?.trim() || t(titleOf(view))
    const page = { lang: tag, dir, title, meta: await meta(this.request) }
    const html = await render(templates.inLayout(view), { ...data, t, page })
    return this.type('text/html; charset=utf-8').send(html)
  })
}

const optionRules: OptionRules<PageOptions> = {
  views: optional(rule.absolutePaths),
  locales: optional(rule.absolutePaths),
  public: optional(rule.absolutePaths),
  base: optional([value => typeof value === 'string' && /^(?:\/[\w.~-]+)*$/.test(value), 'be a path such as /b24']),
  colorScheme: optional(rule.oneOf('light', 'system')),
  meta: optional(rule.callable)
}

/** @fastify/view configures its engine anew with every page; ours stays as it was made. */
class Engine extends Eta {
  override configure (): void {}
}

type Template = (data: { body?: string }) => string

/** An engine that looks a template up in several folders: the first that has it wins. */
function createTemplates (folders: readonly string[]) {
  const engine = new Engine({ cache: true })
  const resolveIn = engine.resolvePath
  const scopes = folders.map(folder => engine.withConfig({ views: folder }))
  const known = new Map<string, string>()
  engine.resolvePath = name => {
    const path = known.get(name) ?? scopes.map(scope => resolveIn.call(scope, name)).find(existsSync)
    if (path === undefined) throw new Error(`There is no view "${name}"`)
    known.set(name, path)
    return path
  }
  return {
    engine,
    add (folder: string): void { scopes.push(engine.withConfig({ views: folder })) },
    /** A view in the layout as one template. As two, @fastify/view would prepare the data twice. */
    inLayout: (view: string): Template => data => {
      data.body = engine.render(view, data)
      return engine.render('layout', data)
    }
  }
}

export default fp(page, { fastify: '5.x', name: 'b24-page' })
