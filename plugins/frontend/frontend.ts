import type { FastifyInstance } from 'fastify'
import type { PageSources } from '../frame-ancestors/index.ts'
import type { Render } from './render.ts'
import type { Template } from './template.ts'

/** An entry that can be answered with. */
export interface Page {
  template: Template
  /** What the server renders it with, if it does */
  render?: Render
}

/** The front end of an application: as it was built, or as Vite serves it in development. */
export interface Frontend {
  /** @throws {FrontendEntryError} */
  page: (entry: string) => Promise<Page>
  /** What its pages need besides our own files */
  sources: PageSources
  /** Declares the routes of its files */
  serve: (scope: FastifyInstance) => Promise<void>
}
