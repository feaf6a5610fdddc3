import type { Kysely } from 'kysely'
import { UsageError, visible, type Arguments, type Command } from '../../src/commands/command.ts'
import { installedPortal } from '../../src/commands/installed-portal.ts'
import { loadConfig } from '../../src/config.ts'
import type { Database } from '../../src/store/database.ts'
import { hasTables, openExistingDatabase } from '../../src/store/open-database.ts'
import { readStoreAddress } from '../../src/store/store-address.ts'
import type { JournalEntry } from './entries.ts'
import { createSqlJournalStore, type JournalSearch } from './sql-journal-store.ts'
import journalTables, { type JournalTables } from './tables.ts'

const usage = `Usage: fastify-bitrix24 journal [options]

Prints the REST calls and the events that the service has kept for JOURNAL_DAYS, the newest first.

  --portal DOMAIN  of one portal; an address, such as http://localhost:8080, where it has no HTTPS
  --method NAME    of one method of the REST interface, also within batches; or of one event, such as ONAPPINSTALL
  --request ID     made for one request: its reqId in the log, which error pages show, too
  --since TIME     not before: 2026-01-31T12:00Z, or 30m, 12h, 3d ago
  --until TIME     before
  --limit N        entries at most, 1 to 10000; default: 50
  --json           prints { "entries": […] } instead of a table
  --clear          deletes all entries, or all of the portal, instead of printing them
  --dev            of the service that fastify-bitrix24 dev runs in this folder`

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds since 1970. */
function timeOf (name: string, text: Arguments['values'][string]): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(String(text)) ?? []
  const time = count === undefined ? Date.parse(String(text)) : Date.now() - Number(count) * Number(units[unit])
  if (Number.isNaN(time)) throw new UsageError(`--${name} must be a time, such as 2026-01-31T12:00Z or 12h.`)
  return time
}

function limitOf (text: Arguments['values'][string]): number {
  const limit = Number(text ?? 50)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 10_000) return limit
  throw new UsageError('--limit must be a whole number from 1 to 10000.')
}

async function memberOf (db: Kysely<Database>, portal: Arguments['values'][string]): Promise<string | undefined> {
  if (portal === undefined) return undefined
  const row = await installedPortal(db, String(portal))
  if (row === undefined) throw new UsageError(`The application is not installed on ${portal}.`)
  return row.member_id
}

/** The entries, each with the domain of its portal; its member_id once the portal is forgotten. */
async function withDomains (db: Kysely<Database>, entries: readonly JournalEntry[]) {
  const memberIds = [...new Set(entries.map(({ memberId }) => memberId))]
  const rows = memberIds.length === 0
    ? []
    : await db.selectFrom('installations').select(['member_id', 'domain']).where('member_id', 'in', memberIds).execute()
  const domains = new Map(rows.map(row => [row.member_id, row.domain]))
  return entries.map(entry => ({ portal: domains.get(entry.memberId) ?? entry.memberId, ...entry }))
}

const columns: Array<[name: string, textOf: (entry: JournalEntry & { portal: string }) => string | number]> = [
  ['time', ({ at }) => new Date(at).toISOString()],
  ['portal', ({ portal }) => portal],
  ['method', ({ method }) => method],
  ['status', ({ status }) => status],
  ['code', ({ code }) => code || '-'],
  ['ms', ({ ms }) => ms],
  ['sent', ({ sent }) => sent],
  ['received', ({ received }) => received],
  ['user', ({ userId }) => userId || '-'],
  ['request', ({ requestId }) => requestId || '-'],
  ['parameters', ({ params }) => params]
]

function tableOf (entries: ReadonlyArray<JournalEntry & { portal: string }>): string {
  const rows = entries.map(entry => columns.map(([, textOf]) => visible(String(textOf(entry))).replaceAll('\n', ' ')))
  const lines = [columns.map(([name]) => name), ...rows]
  const widths = columns.map((_, index) => Math.max(...lines.map(line => String(line[index]).length)))
  const padded = (line: string[]) => line.map((text, index) => text.padEnd(Number(widths[index]))).join('  ').trimEnd()
  return lines.map(padded).join('\n')
}

async function run ({ values }: Arguments): Promise<number> {
  const { portal, method, request, since, until, limit, json, clear } = values
  const text = (value: typeof method) => value === undefined ? undefined : String(value)
  const search: Omit<JournalSearch, 'memberId'> = {
    method: text(method),
    requestId: text(request),
    from: timeOf('since', since),
    until: timeOf('until', until),
    limit: limitOf(limit)
  }
  const address = readStoreAddress(loadConfig().databaseUrl)
  const db = await openExistingDatabase(address, clear ? 'write' : 'read')
  try {
    if (!await hasTables(db, journalTables, address.name)) {
      throw new UsageError('There is no journal in this store: the service keeps one while JOURNAL_DAYS is above 0.')
    }
    const journal = createSqlJournalStore(db.withTables<JournalTables>())
    const memberId = await memberOf(db, portal)
    if (clear) {
      await journal.forget(memberId)
      console.log(portal === undefined ? 'All entries were deleted.' : `All entries of ${portal} were deleted.`)
      return 0
    }
    const entries = await withDomains(db, await journal.find({ ...search, memberId }))
    if (json) console.log(visible(JSON.stringify({ entries })))
    else console.log(entries.length === 0 ? 'There are no such entries.' : tableOf(entries))
    return 0
  } finally {
    await db.destroy()
  }
}

const journalCommand: Command = {
  usage,
  options: {
    portal: { type: 'string' },
    method: { type: 'string' },
    request: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'boolean' },
    clear: { type: 'boolean' },
    dev: { type: 'boolean' }
  },
  maxPositionals: 0,
  run
}
export default journalCommand
