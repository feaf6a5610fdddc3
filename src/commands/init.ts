import { globSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError, type Command } from './command.ts'

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

/** Writes the application into a folder. Names of files that npm would leave out of a package begin with `_`. */
function write (folder: string, name: string): void {
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string } // our own file
  for (const entry of globSync('**/*', { cwd: templates, withFileTypes: true }).filter(entry => entry.isFile())) {
    const target = join(folder, entry.parentPath.slice(templates.length), entry.name.replace(/^_/, '.'))
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text.replaceAll('{{name}}', name).replaceAll('{{version}}', version))
  }
}

const usage = `Usage: fastify-bitrix24 init <folder>

Writes a small application with one widget, its test, and all that it takes to run it. The folder must be new or
empty; its name becomes the name of the application.`

const init: Command = {
  usage,
  options: {},
  maxPositionals: 1,
  readsEnvironment: false,
  async run ({ positionals: [given] }) {
    if (given === undefined) throw new UsageError('init needs a folder, such as my-app.')
    const folder = resolve(given)
    const name = basename(folder)
    checkName(name)
    checkFolder(folder, given)
    write(folder, name)
    console.log(`${name} is written. Now:\n\n  cd ${given}\n  npm install\n  npm run dev\n`)
    return 0
  }
}
export default init
