import type { Kysely } from 'kysely'
import { applicationFolders } from '../application/folder.ts'
import { applicationTables } from '../application/migrations.ts'
import type { Config } from '../config.ts'
import { createCipher } from '../crypto/encryption.ts'
import { createKeyRing } from '../crypto/keys.ts'
import { StoreVersionError } from '../errors.ts'
import { withDeadline } from '../queues/deadline.ts'
import type { Database } from '../store/database.ts'
import { createRowMapper } from '../store/installation-row.ts'
import type { Installation } from '../store/installation-store.ts'
import { createSecrets, pairOf } from '../store/pair-row.ts'
import type { Pair } from '../store/pair-store.ts'
import { hasTables, openExistingDatabase, ranMigrations } from '../store/open-database.ts'
import { readStoreAddress } from '../store/store-address.ts'
import { tableSets } from '../tools/table-sets.ts'
import { find, sentence, type Finding } from './finding.ts'

/** An installed portal. */
export interface StoredPortal {
  installation: Installation
  /** Names of its secrets that no key opens, without those of the system user */
  unreadable: string[]
  /** The pair of its system user, if it has one */
  systemUser: Pair | undefined
}

interface Examination {
  findings: Finding[]
  /** The portals that were called last, first */
  portals: StoredPortal[]
}

export interface PortalSelection {
  /** Domain of the only portal to look at */
  domain?: string | undefined
  /** How many portals to look at, at most */
  limit: number
}

async function readPortals (
  db: Kysely<Database>, { appSecret }: Config, { domain, limit }: PortalSelection
): Promise<{ portals: StoredPortal[], left: number }> {
  const installed = db.selectFrom('installations').where('uninstalled_at', 'is', null)
    .where(where => domain === undefined ? where.lit(true) : where('domain', '=', domain))
  const shown = installed.orderBy('updated_at', 'desc').orderBy('member_id').limit(limit)
  const rows = await shown.selectAll().execute()
  const { count } = await installed.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  const systemUsers = await db.selectFrom('system_users').selectAll()
    .where('user_id', 'is not', null).where('member_id', 'in', shown.select('member_id')).execute()
  const cipher = createCipher(createKeyRing(appSecret).derive('store'))
  const secrets = createSecrets(cipher, undefined, 'system_users')
  const portals = rows.map(row => {
    const unreadable: string[] = []
    const mapper = createRowMapper(cipher, { error: ({ column }: { column: string }) => { unreadable.push(column) } })
    const systemUser = systemUsers.find(one => one.member_id === row.member_id && one.installed_at === row.installed_at)
    return { installation: mapper.fromRow(row), unreadable, systemUser: systemUser && pairOf(secrets, systemUser) }
  })
  return { portals, left: Number(count) - rows.length }
}

async function readDatabase (config: Config, selection: PortalSelection): Promise<Examination> {
  const address = readStoreAddress(config.databaseUrl)
  if (address.kind === 'SQLite' && address.file === ':memory:') {
    return { findings: [find('database-memory')], portals: [] }
  }
  const db = await openExistingDatabase(address, 'read')
  try {
    for (const set of await tableSets()) await hasTables(db, set, address.name)
    const { portals, left } = await readPortals(db, config, selection)
    const findings = [...await checkMigrations(db, config), ...notesOf(selection, portals.length, left)]
    return { findings, portals }
  } finally {
    await db.destroy()
  }
}

function notesOf ({ domain }: PortalSelection, looked: number, left: number): Finding[] {
  if (domain !== undefined && looked === 0) return [find('portal-unknown', domain)]
  return left === 0 ? [] : [find('portals-left', left)]
}

/** The migrations in the application's folder against those that have run on the database. */
async function checkMigrations (db: Kysely<Database>, { application }: Config): Promise<Finding[]> {
  const { migrations: folders } = applicationFolders(application)
  const names: string[] = []
  for (const folder of folders) names.push(...Object.keys((await applicationTables(folder)).migrations))
  const ran = await ranMigrations(db, { name: 'application' })

  const missing = ran.filter(name => !names.includes(name))
  const pending = names.filter(name => !ran.includes(name))
  // The service starts only when what is new sorts behind what has run, in the order of kysely.
  const early = pending.filter(name => ran.some(other => name.localeCompare(other) < 0))
  if (missing.length > 0) return [find('migration-missing', missing.join(', '))]
  if (early.length > 0) return [find('migration-order', early.join(', '))]
  return pending.length > 0 ? [find('migrations-pending', pending.join(', '))] : []
}

const late = () => new Error('DATABASE_URL: the database does not answer')

/** Reads the database, and writes nothing: whether it is there, of this version, and what is installed. */
export async function examineDatabase (
  config: Config, selection: PortalSelection, timeout: number
): Promise<Examination> {
  return await withDeadline(timeout, late, () => readDatabase(config, selection)).catch((error: Error) => {
    const code = error instanceof StoreVersionError ? 'database-version' : 'database-unreachable'
    return { findings: [find(code, sentence(error.message))], portals: [] }
  })
}
