import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../src/commands/command.ts'
import { stateFile } from '../../src/commands/dev-service.ts'
import type { Portal } from '../portal.ts'

/** What of a portal outlives it. Everything else comes anew with the installation. */
type KeptPortal = Pick<Portal, 'installed' | 'version' | 'appOptions' | 'userOptions'>

/** What a folder keeps between two runs. */
export interface KeptState {
  clientSecret: string
  appSecret: string
  /** Addresses as in DATABASE_URL, and as the sandbox takes them. */
  serviceDatabase: string
  portalDatabase: string
  /** The same for the service while it is an application in Bitrix24, and the public address that it had last */
  databaseOf (clientId: string): string
  addressOf (clientId: string): string | undefined
  keepAddress (clientId: string, address: string): void
  /** Keeps the variables of the service, for the commands that take `--dev`. */
  keepService (variables: Record<string, string>): void
  /** Gives the portals back what they had. */
  restore (portals: Record<string, Portal>): void
  save (portals: Record<string, Portal>): void
}

interface Saved {
  clientSecret: string
  appSecret: string
  portals: Record<string, KeptPortal>
  /** By the client_id */
  addresses?: Record<string, string>
  service?: Record<string, string>
}

function read (file: string): Saved {
  if (!existsSync(file)) {
    return {
      clientSecret: randomBytes(25).toString('hex'), appSecret: randomBytes(32).toString('base64'), portals: {}
    }
  }
  try {
    // Nobody else writes it.
    return JSON.parse(readFileSync(file, 'utf8')) as Saved
  } catch (error) {
    // What reading throws has a message.
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}. Remove its folder to begin anew.`)
  }
}

/**
 * Opens the folder, which is made when it is not there.
 *
 * @throws with a sentence when it cannot be read or written
 */
export function openKeptState (folder: string): KeptState {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, '.gitignore'), '*\n')
  const file = join(folder, stateFile)
  const saved = read(file)
  const { clientSecret, appSecret } = saved

  function write (): void {
    // A full disk leaves what was there: without its keys nobody reads the databases.
    writeFileSync(`${file}.new`, JSON.stringify(saved, null, 2), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  // The databases below belong to these secrets from now on.
  write()
  return {
    clientSecret,
    appSecret,
    serviceDatabase: `sqlite:${join(folder, 'service.db')}`,
    portalDatabase: join(folder, 'portal.db'),
    databaseOf: clientId => `sqlite:${join(folder, `${clientId.replaceAll(/[^\w.-]/g, '_')}.db`)}`,
    addressOf: clientId => saved.addresses?.[clientId],
    keepAddress (clientId, address) {
      saved.addresses = { ...saved.addresses, [clientId]: address }
      write()
    },
    keepService (variables) {
      saved.service = variables
      write()
    },
    restore (portals) {
      for (const [name, portal] of Object.entries(portals)) Object.assign(portal, saved.portals[name])
    },
    save (portals) {
      saved.portals = Object.fromEntries(Object.entries(portals).map(([name, portal]) => {
        const { installed, version, appOptions, userOptions } = portal
        return [name, { installed, version, appOptions, userOptions }]
      }))
      write()
    }
  }
}
