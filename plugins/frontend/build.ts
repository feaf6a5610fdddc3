import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { InlineConfig } from 'vite'
import { pagesPlugin, sourcesPlugin } from './build-plugins.ts'
import { entriesOf, type Entry } from './entries.ts'
import { hashOf, recordFile, recordVersion, uiSymbol, type BuildRecord } from './record.ts'
import { loadVite, ownSettings, projectOf } from './vite.ts'

interface Build {
  /** Of the project */
  root: string
  application: string
  /** Where the entries are */
  folder: string
  /** Where the build goes */
  out: string
  entries: readonly Entry[]
  /** What Vite has made of the pages, by their paths */
  pages: Map<string, string>
  /** The files that pages and scripts of the server are made of, by their paths */
  sources: Map<string, string[]>
}

/**
 * Builds the front end of an application: `ui/` beside `frontend/`. A build that fails leaves the one of before.
 *
 * @param application absolute path
 * @returns the names of the entries; without one, nothing is built
 * @throws {FrontendViteError}, and what Vite throws for a file that it cannot read
 */
export async function buildFrontend (application: string): Promise<string[]> {
  const folder = join(application, 'frontend')
  const entries = existsSync(folder) ? entriesOf(folder) : []
  if (entries.length === 0) return []
  const out = join(application, '.ui-new')
  const root = projectOf(application)
  const build: Build = { root, application, folder, out, entries, pages: new Map(), sources: new Map() }
  const vite = await loadVite(root)
  rmSync(out, { recursive: true, force: true })
  mkdirSync(join(out, 'client'), { recursive: true })
  const hasServer = entries.some(({ server }) => server !== undefined)
  for (const settings of [clientSettings(build), ...hasServer ? [serverSettings(build)] : []]) {
    await vite.build({ ...settings, ...ownSettings, root, logLevel: 'warn' })
  }
  compressFiles(join(out, 'client'))
  writeFileSync(join(out, recordFile), JSON.stringify(recordOf(build), null, 1))
  const ui = join(application, 'ui')
  rmSync(ui, { recursive: true, force: true })
  renameSync(out, ui)
  return entries.map(({ name }) => name)
}

const uiAddress = `globalThis[Symbol.for(${JSON.stringify(uiSymbol.description)})]`

const pageOf = ({ folder }: Build, { name }: Entry): string => join(folder, `${name}.html`)

function clientSettings (build: Build) {
  const { root, entries, folder, out, pages, sources } = build
  const html = new Map(entries.map(entry => [pageOf(build, entry), entry.html]))
  const input = [...html.keys()]
  return {
    base: './',
    plugins: [pagesPlugin(root, html, pages), sourcesPlugin(input, folder, sources)],
    // Pages are served from anywhere; scripts and styles find each other by their own addresses.
    experimental: {
      renderBuiltUrl: (file, { hostType }) => hostType === 'html' ? `/ui/${file}` : { relative: true }
    },
    build: {
      outDir: join(out, 'client'),
      reportCompressedSize: false,
      // A request more, for browsers that only preload less without it.
      modulePreload: { polyfill: false },
      // The policy of our pages has no data: addresses.
      assetsInlineLimit: 0,
      rollupOptions: { input }
    }
  } satisfies InlineConfig
}

function serverSettings ({ entries, folder, out, sources }: Build) {
  const input = Object.fromEntries(entries.flatMap(({ name, server }) => server === undefined ? [] : [[name, server]]))
  return {
    plugins: [sourcesPlugin(Object.values(input), folder, sources)],
    // Where the service runs, nothing else need be installed.
    ssr: { noExternal: true as const },
    // What stands before the paths of the service is known when it starts.
    experimental: { renderBuiltUrl: file => ({ runtime: `${uiAddress} + ${JSON.stringify(file)}` }) },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      ssr: true,
      outDir: join(out, 'server'),
      copyPublicDir: false,
      assetsInlineLimit: 0,
      rollupOptions: {
        input,
        output: { entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name]-[hash].mjs' }
      }
    }
  } satisfies InlineConfig
}

/** What the service reads of the build. */
function recordOf (build: Build): BuildRecord {
  const { application, entries, pages, sources } = build
  return {
    version: recordVersion,
    entries: Object.fromEntries(entries.map(entry => {
      const page = pageOf(build, entry)
      const { name, server } = entry
      const files = [page, String(server)].flatMap(id => sources.get(id) ?? [])
      const sums = files.map(file => [relative(application, file), hashOf(file)])
      const rendered = server === undefined ? {} : { server: `${name}.mjs` }
      return [name, { html: String(pages.get(page)), ...rendered, sources: Object.fromEntries(sums) }]
    }))
  }
}

/** Writes compressed copies beside the files of a folder that become smaller: @fastify/static serves them. */
function compressFiles (folder: string): void {
  for (const name of globSync('**/*.{js,css,html,svg,json,txt,xml,wasm,ico,map}', { cwd: folder })) {
    const file = join(folder, name)
    const content = readFileSync(file)
    const copies = [['br', brotliCompressSync(content)], ['gz', gzipSync(content, { level: 9 })]] as const
    for (const [end, copy] of copies) if (copy.length < content.length) writeFileSync(`${file}.${end}`, copy)
  }
}
