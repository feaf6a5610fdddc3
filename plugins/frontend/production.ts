import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyError, FastifyInstance } from 'fastify'
import { unknownEntry } from './entries.ts'
import type { Frontend, Page } from './frontend.ts'
import { readRecord, uiSymbol, type BuiltEntry } from './record.ts'
import type { Render } from './render.ts'
import { createTemplate } from './template.ts'

interface ProductionOptions {
  build: string
  sources: string | undefined
  /** What stands before the path of each address */
  base: string
}

// What Vite names has its hash in its name; files of the project's public/ are checked for a newer version. A word of
// eight lower-case letters is hardly a hash.
const hashed = /^assets[\\/].*-(?=[\w-]*[A-Z\d_])[\w-]{8}(?:\.\w+)+$/

/**
 * The front end as it was built.
 *
 * @throws {FrontendBuildError}
 */
export async function createProduction ({ build, sources, base }: ProductionOptions): Promise<Frontend> {
  const { entries } = readRecord(build, sources)
  const files = join(build, 'client')
  Reflect.set(globalThis, uiSymbol, `${base}/ui/`)
  const pages = new Map<string, Page>()
  for (const [name, entry] of Object.entries(entries)) pages.set(name, await readPage(entry))

  async function readPage ({ html, server }: BuiltEntry): Promise<Page> {
    const template = createTemplate(html.replaceAll('"/ui/', `"${base}/ui/`))
    if (server === undefined) return { template }
    const rendering = await import(pathToFileURL(join(build, 'server', server)).href) as { render: Render }
    return { template, render: (page, options) => rendering.render(page, options) }
  }

  return {
    page: async name => pages.get(name) ?? unknownEntry(name, [...pages.keys()]),
    sources: {},
    async serve (scope: FastifyInstance) {
      // A folder, or an address that leads out of it: there is nothing, as at any other.
      scope.setErrorHandler<FastifyError>(async (error, _request, reply) => {
        if (error.statusCode !== 403) throw error
        reply.callNotFound()
        return reply
      })
      await scope.register(fastifyStatic, {
        root: files,
        prefix: '/ui/',
        // The application around us may have such decorators of its own.
        decorateReply: false,
        index: false,
        preCompressed: true,
        cacheControl: false,
        logLevel: 'warn',
        // Nothing that Vite writes, but perhaps something that lies in the project's public/.
        dotfiles: 'ignore',
        setHeaders (reply, path) {
          const isHashed = hashed.test(relative(files, path))
          reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=0')
        }
      })
    }
  }
}
