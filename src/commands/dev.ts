import { statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { UsageError, type Arguments, type Command } from './command.ts'
import { readEnvFile } from './env-file.ts'

/** What `fastify-bitrix24 dev` was asked for. */
export interface DevOptions {
  /** The folder of the application: an absolute path */
  application: string
  /** Of the service, and of the portal; 0: one that is free */
  port: number
  portalPort: number
  /** Opens the portal in the browser */
  open: boolean
  /** The public address that leads here, or a tunnel program; '': the first that is installed */
  tunnel?: string
}

/** A program of the sandbox, as source or as it was built, whichever runs now. An image may be without it. */
const program = new URL(`../../sandbox/dev/index${extname(import.meta.url)}`, import.meta.url)

function portOf (values: Arguments['values'], name: string, usual: number): number {
  const { [name]: text = String(usual) } = values
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(`--${name} must be the number of a port, or 0 for any that is free.`)
  }
  return port
}

/** The folder of an application, as an absolute path. @throws UsageError when there is none */
export function applicationOf (folder: string): string {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return resolve(folder)
  throw new UsageError(`There is no folder ${folder} here. Name the one of your application with --application, or ` +
    'make one: fastify-bitrix24 init my-app.')
}

/** What .env says. Each new service reads it anew, and says why if it cannot: so it stays out of this process. */
function ownVariables (): NodeJS.Dict<string> {
  try {
    return readEnvFile()
  } catch {
    return {}
  }
}

const dev: Command = {
  usage: [
    'Usage: fastify-bitrix24 dev [--application FOLDER] [--port PORT] [--portal-port PORT] [--open]',
    '                            [--tunnel [ADDRESS | PROGRAM]]',
    '',
    'Runs the service beside a sandbox portal, a local Bitrix24, with the application installed. What you save is',
    'loaded at once. What was installed and written is kept in the folder .bitrix24; remove it to begin anew.',
    '',
    '  --application FOLDER  the folder of the application; default: application',
    '  --port PORT           of the service, 0 for any that is free; default: 3000',
    '  --portal-port PORT    of the portal; default: 8080',
    '  --open                opens the portal in the browser',
    '  --tunnel              gives the service a public address, and prints the fields of the card in Bitrix24: the',
    '                        https address that is given and leads to the port, or one of cloudflared, ngrok and',
    '                        cloudpub (clo), the first that is installed or the one that is named',
    '',
    'With --tunnel, and B24_CLIENT_ID and B24_CLIENT_SECRET in .env, the service is that application in Bitrix24 and',
    'not the one of the sandbox portal. Its database is in .bitrix24, too; no file of yours is changed.'
  ].join('\n'),
  options: {
    application: { type: 'string' },
    port: { type: 'string' },
    'portal-port': { type: 'string' },
    open: { type: 'boolean' },
    tunnel: { type: 'string' }
  },
  bareOptions: ['tunnel'],
  maxPositionals: 0,
  readsEnvironment: false,
  async run ({ values }) {
    const named = process.env['APPLICATION'] || ownVariables()['APPLICATION']
    const { application = named || 'application', open, tunnel } = values
    const options: DevOptions = {
      application: applicationOf(String(application)),
      port: portOf(values, 'port', 3000),
      portalPort: portOf(values, 'portal-port', 8080),
      open: open === true,
      ...(tunnel !== undefined && { tunnel: String(tunnel) })
    }
    const { dev } = await import(program.href).catch(() => {
      throw new UsageError('dev needs the sandbox portal, which is not part of this build.')
    }) as { dev: (options: DevOptions) => Promise<void> }
    await dev(options)
    return 0
  }
}
export default dev
