import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError, type Arguments, type Command } from './command.ts'

const { resolve: find } = createRequire(import.meta.url)
const packageFile = find('fastify-bitrix24/package.json')
const templates = join(dirname(packageFile), 'templates')

// No package may have the name of one that it depends on, or of the folder of all.
const taken = ['fastify', 'fastify-bitrix24', 'node_modules']

function checkName (name: string): void {
  // What packages, images and Compose projects can be called.
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name) || name.length > 214) {
    throw new UsageError(`${name} cannot be the name of an application: up to 214 lower-case letters, digits, "-" ` +
      'and "_", of which the first is a letter or a digit.')
  }
  if (taken.includes(name)) throw new UsageError(`An application cannot be called ${name}: choose another name.`)
}

function checkFolder (folder: string, given: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) return
  if (!stats.isDirectory()) throw new UsageError(`${given} is a file: choose another name.`)
  if (readdirSync(folder).length > 0) throw new UsageError(`The folder ${given} is not empty: nothing was written.`)
}

/** Folders of templates/ by the kind of application, each of which adds to those before it. */
const layers = {
  plain: ['common', 'plain'],
  vue: ['common', 'frontend', 'vue'],
  react: ['common', 'frontend', 'react']
}
const kinds = Object.keys(layers) as Array<keyof typeof layers> // there are no others

/** The kind that was asked for; plain without a word. */
function kindOf (asked: Arguments['values']): keyof typeof layers {
  const [kind = 'plain', ...others] = kinds.filter(kind => asked[kind] === true)
  if (others.length > 0) throw new UsageError(`--${kind} and --${others[0]} exclude each other: choose one.`)
  return kind
}

/** Writes a layer into a folder. Names of files that npm would leave out of a package begin with `_`. */
function write (layer: string, folder: string, name: string): void {
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string } // our own file
  for (const entry of globSync('**/*', { cwd: layer, withFileTypes: true }).filter(entry => entry.isFile())) {
    const target = join(folder, entry.parentPath.slice(layer.length), entry.name.replace(/^_/, '.'))
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
      .replaceAll('{{name}}', name).replaceAll('{{version}}', version)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, existsSync(target) ? merge(readFileSync(target, 'utf8'), text) : text)
  }
}

/** A package.json with what another layer adds to its parts: both are our own files. */
function merge (text: string, added: string): string {
  const merged = JSON.parse(text) as Record<string, object>
  for (const [part, more] of Object.entries(JSON.parse(added) as Record<string, object>)) {
    merged[part] = { ...merged[part], ...more }
  }
  return `${JSON.stringify(merged, null, 2)}\n`
}

const usage = `Usage: fastify-bitrix24 init <folder> [--plain | --vue | --react]

Writes a small application with one widget, its tests, and all that it takes to run it. The folder must be new or
empty; its name becomes the name of the application.

  --plain    The page of the widget is a template with a script: nothing has to be built. The default
  --vue      The page is built with Vue and Bitrix24 UI
  --react    The page is built with React`

const init: Command = {
  usage,
  options: { plain: { type: 'boolean' }, vue: { type: 'boolean' }, react: { type: 'boolean' } },
  maxPositionals: 1,
  readsEnvironment: false,
  async run ({ positionals: [given], values }) {
    // '' is what a shell makes of a variable that is not set.
    if (!given) throw new UsageError('init needs a folder, such as my-app, or "." for this one.')
    const kind = kindOf(values)
    const folder = resolve(given)
    const name = basename(folder)
    checkName(name)
    checkFolder(folder, given)
    const isNew = !existsSync(folder)
    try {
      for (const layer of layers[kind]) write(join(templates, layer), folder, name)
    } catch (error) {
      // Half of an application would be in the way of the next try.
      if (isNew) rmSync(folder, { recursive: true, force: true })
      throw error
    }
    const enter = folder === process.cwd() ? '' : `  cd ${given}\n`
    console.log(`${name} is written. Now:\n\n${enter}  npm install\n  npm run dev\n`)
    return 0
  }
}
export default init
