import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { FrontendCallError, FrontendPathError, FrontendRenderError } from '../../src/errors.ts'
import { basePath } from '../../src/http/urls.ts'
import { cleanError } from '../../src/log/clean-error.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import { createDevelopment } from './development.ts'
import { pageDataOf, toJson } from './page-data.ts'
import { createProduction } from './production.ts'
import { streamPage } from './render.ts'

export interface FrontendOptions {
  /** The folder of the entries: an absolute path. Without it, the build is all there is */
  sources?: string | undefined
  /** The folder that `fastify-bitrix24 build` has written: an absolute path */
  build: string
  /** The address of the service, without a trailing slash */
  publicUrl: string
  /** Serves the sources by Vite, with hot reload. Default false: serves the build */
  development?: boolean
  /** As for the plugin `page`: holds the `page-session` of the page that answers this request, if it is verified */
  meta: (request: FastifyRequest) => Promise<Record<string, string>>
}

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Answers a verified call with an entry of the front end.
     *
     * @param entry `order` for `frontend/order.html`, or for `frontend/order.ts`
     * @param data what the page gets, as JSON: `reply.app<OrderPage>('order', { deal })`
     * @throws FrontendCallError, FrontendEntryError, FrontendDataError
     */
    app: <T = unknown>(entry: string, data?: T) => Promise<FastifyReply>
  }
}

/** Pages of Vue, React or plain scripts that Vite has built, or serves while they are written. */
async function frontend (fastify: FastifyInstance, options: FrontendOptions) {
  checkOptions('frontend', options, {
    sources: optional(rule.absolutePath),
    build: rule.absolutePath,
    publicUrl: rule.address,
    development: optional(rule.flag),
    meta: rule.callable
  })
  const { sources, build, publicUrl, development = false, meta } = options
  const base = basePath(publicUrl)
  const { page, serve, sources: ownSources } = development && sources !== undefined
    ? await createDevelopment(fastify, { sources, publicUrl, base })
    : await createProduction({ build, sources, base })
  await fastify.register(serve)
  const taken = `${fastify.prefix}/ui/`
  fastify.addHook('onRoute', ({ url }) => { if (url.startsWith(taken)) throw new FrontendPathError(url) })

  fastify.decorateReply('app', async function (this: FastifyReply, entry, data) {
    const { request } = this
    if (request.placement === null && fastify.hasDecorator('errorPages')) {
      return await fastify.errorPages.send(new FrontendCallError(), request, this)
    }
    const language = fastify.pages.i18n.resolve(request.placement?.lang)
    const { 'page-session': session } = await meta(request)
    const pageData = pageDataOf(request, data, { language, session, base })
    const json = toJson(pageData, entry)
    const { template, render } = await page(entry)
    const nonce = randomBytes(16).toString('base64')
    const inline = [`'nonce-${nonce}'`]
    request.pageSources = { ...ownSources, 'script-src': inline, 'style-src': inline }
    const { tag, dir, t } = language
    const [before, after] = template.fill({ nonce, lang: tag, dir, title: t('page.title'), data: json })
    this.type('text/html; charset=utf-8')
    if (render === undefined) return this.send(before + after)
    const onError = (cause: unknown) => {
      const error = new FrontendRenderError(entry, { cause })
      request.log.error({ err: cleanError(error, request) }, error.code)
    }
    return this.send(streamPage({ before, after, render, data: pageData, nonce, onError }))
  })
}

export default fp(frontend, {
  fastify: '5.x',
  name: 'b24-frontend',
  dependencies: ['b24-frame-ancestors', 'b24-page', 'b24-placement-dispatch']
})
