import { extname } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
import { UsageError, visible, type Arguments, type Command } from './command.ts'
import { devVariables, loadDevVariables } from './dev-service.ts'
import { readEnvFile } from './env-file.ts'
import { nearest } from './nearest.ts'

interface Entry {
  summary: string
  /** Loaded when it is used: most commands need little of the service */
  load: () => Promise<{ default: Command }>
}

/** A command that a plugin brings along, as source or as it was built, whichever runs now. */
const ofPlugin = (name: string) => async (): Promise<{ default: Command }> =>
  await import(new URL(`../../plugins/${name}/command${extname(import.meta.url)}`, import.meta.url).href)

/** In the order of `--help`. */
const commands: Record<string, Entry> = {
  init: { summary: 'writes a small application to begin with', load: () => import('./init.ts') },
  dev: { summary: 'runs service and sandbox portal, and loads what you save', load: () => import('./dev.ts') },
  build: { summary: 'builds the front end of the application', load: () => import('./build.ts') },
  start: { summary: 'runs the service', load: () => import('./start.ts') },
  doctor: { summary: 'checks the settings against the world', load: () => import('./doctor.ts') },
  journal: { summary: 'shows the REST calls and events of portals', load: ofPlugin('journal') },
  link: { summary: 'writes a link that opens the application in a slider', load: () => import('./link.ts') },
  replay: { summary: 'sends a saved call of the sandbox portal once more', load: () => import('./replay.ts') },
  'rotate-keys': { summary: 'encrypts the store with the newest key', load: () => import('./rotate-keys.ts') },
  'migrate-store': { summary: 'copies the store to another database', load: () => import('./migrate-store.ts') }
}

const widest = Math.max(...Object.keys(commands).map(name => name.length))
const help = ['Usage: fastify-bitrix24 <command> [options]', '',
  ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(widest)}  ${summary}`), '',
  'fastify-bitrix24 <command> --help says more. Settings are environment variables; .env in this folder is read, too.'
].join('\n')

/** "; did you mean doctor?", or where to read what there is. */
function suggestion (given: string, known: readonly string[], more: string): string {
  const meant = nearest(given, known)
  return meant === undefined ? `; see ${more} --help.` : `; did you mean ${meant}?`
}

/** Arguments with an empty value for an option that stands without one, which `parseArgs` refuses. */
const withValues = (args: readonly string[], bare: readonly string[]): string[] => args.map((arg, index) =>
  bare.some(name => arg === `--${name}`) && (args[index + 1] ?? '-').startsWith('-') ? `${arg}=` : arg)

/** Reads what follows the name of a command. @throws UsageError */
function parse (name: string, { options, bareOptions = [], maxPositionals }: Command, given: string[]): Arguments {
  const args = withValues(given, bareOptions)
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    if (positionals.length > maxPositionals) {
      const most = ['options only', '1 argument'][maxPositionals] ?? `${maxPositionals} arguments`
      throw new UsageError(`${name} takes ${most}; see fastify-bitrix24 ${name} --help.`)
    }
    return { values: values as Arguments['values'], positionals } // no option may be given twice
  } catch (error) {
    const { code, message } = error as Error & { code?: string } // nothing else is thrown
    const [, unknown] = /^Unknown option '(-[^']*)'/.exec(message) ?? []
    if (unknown !== undefined) {
      const names = Object.keys(options).map(name => `--${name}`)
      throw new UsageError(
        `${name} has no option ${unknown}${suggestion(unknown, names, `fastify-bitrix24 ${name}`)}`)
    }
    throw code?.startsWith('ERR_PARSE_ARGS') ? new UsageError(message.split('\n', 1).join()) : error
  }
}

/** Variables of the process win over those of the file. */
function loadEnvironment (): void {
  for (const [name, value] of Object.entries(readEnvFile())) process.env[name] ??= value
}

async function runCommand (args: readonly string[], known: Record<string, Entry>): Promise<number | undefined> {
  const [name = '', ...rest] = args
  if (name === '--help' || name === '-h') {
    console.log(help)
    return 0
  }
  if (name === '') throw new UsageError(help)
  const entry = Object.hasOwn(known, name) ? known[name] : undefined
  if (entry === undefined) {
    throw new UsageError(`There is no command ${name}${suggestion(name, Object.keys(known), 'fastify-bitrix24')}`)
  }
  const { default: command } = await entry.load()
  if (rest.includes('--help') || rest.includes('-h')) {
    console.log(command.usage)
    return 0
  }
  const parsed = parse(name, command, rest)
  if (parsed.values['dev'] === true) loadDevVariables()
  if (command.readsEnvironment !== false) loadEnvironment()
  return await command.run(parsed).catch((error: Error) => {
    const isDevMeant = 'dev' in command.options && parsed.values['dev'] !== true && !(error instanceof UsageError) &&
      isOperators(error) && devVariables() !== undefined
    if (isDevMeant) error.message += '\nTo ask the service of fastify-bitrix24 dev, add --dev.'
    throw error
  })
}

/** What an operator can fix needs no stack trace: a setting, the use of the command, a file or a database. */
function isOperators (error: Error & { code?: unknown }): boolean {
  if (error instanceof UsageError || error instanceof ConfigError) return true
  // A connection to PostgreSQL that is lost has no code.
  if (error.message.startsWith('Connection terminated')) return true
  return typeof error.code === 'string' && !error.code.startsWith('ERR_')
}

/**
 * Runs the command; a wrong use is answered with one sentence.
 *
 * @returns the code to end with; undefined while the command goes on
 */
export async function run (args: readonly string[], known = commands): Promise<number | undefined> {
  try {
    return await runCommand(args, known)
  } catch (error) {
    const failure = error as Error // nothing else is thrown
    console.error(isOperators(failure) ? visible(failure.message) : failure)
    return failure instanceof UsageError ? 2 : 1
  }
}
