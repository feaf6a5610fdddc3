import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { unknown } from './entries.ts'
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

/**
 * The front end as it was built.
 *
 * @throws {FrontendBuildError}
 */
export async function createProduction ({ build, sources, base }: ProductionOptions): Promise<Frontend> {
  const { entries } = readRecord(build, sources)
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
    page: async name => pages.get(name) ?? unknown(name, [...pages.keys()]),
    sources: {},
    async serve (scope: FastifyInstance) {
      await scope.register(fastifyStatic, {
        root: join(build, 'client'),
        prefix: '/ui/',
        // The application around us may have such decorators of its own.
        decorateReply: false,
        index: false,
        preCompressed: true,
        cacheControl: false,
        logLevel: 'warn',
        // What Vite names has its hash in its name; files of the project's public/ are checked for a newer version.
        setHeaders (reply, path) {
          const isHashed = path.includes('/assets/')
          reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=0')
        }
      })
    }
  }
}
