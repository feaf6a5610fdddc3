// A project with a front end: pages of Vue and of React that the server renders, and one of a plain script.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { PageData } from '../../../client/page-data.ts'
import { runIn } from '../../my-app.ts'
import { startService, type Service } from '../../service.ts'
import { cli } from '../../tool.ts'

const fixture = join(import.meta.dirname, '../../fixtures/frontend')
const folder = join(import.meta.dirname, '../../../.tap/projects')

export interface Project {
  root: string
  application: string
  read: (path: string) => string
  write: (path: string, text: string) => void
  edit: (path: string, from: string, to: string) => void
  remove: (path: string) => void
}

/** A copy of the project, for one test. Paths are those in its application. */
export function copyProject (t: Test): Project {
  // Inside of this repository, whose Vite it finds.
  mkdirSync(folder, { recursive: true })
  const root = mkdtempSync(join(folder, 'project-'))
  // Vite may still be writing into its cache.
  t.after(() => { rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }) })
  cpSync(fixture, root, { recursive: true })
  const application = join(root, 'application')
  const read = (path: string) => readFileSync(join(application, path), 'utf8')
  const write = (path: string, text: string) => { writeFileSync(join(application, path), text) }
  return {
    root,
    application,
    read,
    write,
    edit: (path, from, to) => { write(path, read(path).replace(from, to)) },
    remove: path => { rmSync(join(application, path), { recursive: true }) }
  }
}

/** Builds a project by the command: Vite sets NODE_ENV in the process that it runs in. */
export async function build (
  { root }: Pick<Project, 'root'>, options: { isMeasured?: boolean } = {}
): Promise<string> {
  const { code, printed } = await runIn(root, [cli, 'build'], options)
  if (code !== 0) throw new Error(printed)
  return printed
}

/** A copy of the project that is built. */
export async function buildProject (t: Test): Promise<Project> {
  const project = copyProject(t)
  await build(project)
  return project
}

/** The service with a project as its application, installed on a portal. */
export async function serve (t: Test, { application }: Project, env: Record<string, string> = {}): Promise<Service> {
  const service = await startService(t, { env, app: { application } })
  await service.install()
  return service
}

/** Opens the tab of a deal, whose handler answers with an entry. */
export const openTab = (service: Service, params: Record<string, string>, lang = 'en') => {
  const { alpha } = service.sandbox.portals
  return service.call(alpha.placementCall('CRM_DEAL_DETAIL_TAB', { lang, params: { ID: '8061', ...params } }))
}

/** What the page is told. */
export function dataOf ({ text }: { text: string }): PageData {
  const [, json = ''] = /<script type="application\/json" id="b24-page-data">(.*?)<\/script>/s.exec(text) ?? []
  return JSON.parse(json)
}
