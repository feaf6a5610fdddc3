import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { eventChannel, restChannel, type EventMessage, type RestMessage } from '../../src/diagnostics/measurements.ts'
import type { WriteBehindLimits } from '../../src/queues/write-behind.ts'
import { checkOptions, hasMethods, optional, rule } from '../../src/schemas/plugin-options.ts'
import { migrate } from '../../src/store/migrations.ts'
import { ranMigrations } from '../../src/store/open-database.ts'
import { observable } from '../../src/store/observable.ts'
import type { Store } from '../../src/store/open-store.ts'
import { eventEntry, restEntry } from './entries.ts'
import journalRoute from './journal-route.ts'
import { createJournal } from './journal.ts'
import { createSqlJournalStore } from './sql-journal-store.ts'
import journalTables, { type JournalTables } from './tables.ts'
import { journalSection } from './view.ts'

export interface JournalOptions extends WriteBehindLimits {
  /** Entries that are kept of one portal. Default 50,000 */
  maxRowsPerPortal?: number
  /** Entries that are kept of all portals together. Default 1,000,000 */
  maxRows?: number
  /** The store of the installations: the journal gets a table of its own in its database */
  store: Pick<Store, 'database'>
  /** Days that an entry is kept. 0: nothing is kept, and what was kept before is deleted */
  days: number
  /** Milliseconds since 1970. Default Date.now */
  now?: () => number
}

/** Keeps what the service and the portals say to each other: every REST call, and every event that was verified. */
async function journal (fastify: FastifyInstance, options: JournalOptions) {
  checkOptions('journal', options, {
    store: [value => hasMethods(Reflect.get(Object(value), 'database'), 'withTables'), 'be a store'],
    days: rule.days,
    maxRowsPerPortal: optional(rule.aboveZero),
    maxRows: optional(rule.aboveZero),
    flushMs: optional(rule.aboveZero),
    maxPending: optional(rule.aboveZero),
    maxBytes: optional(rule.aboveZero),
    now: optional(rule.clock)
  })
  const { store, days, now = Date.now } = options
  if (days === 0 && (await ranMigrations(store.database, journalTables)).length === 0) return
  const log = fastify.log.child({ part: 'journal' })
  await migrate(store.database, journalTables, log)
  const database = store.database.withTables<JournalTables>()
  const journal = createJournal({ ...options, store: observable(createSqlJournalStore(database), 'journal.'), log })
  fastify.addHook('onReady', async () => journal.start())
  fastify.addHook('onClose', () => journal.close())
  if (days === 0) return

  const requestIds = new AsyncLocalStorage<string>()
  // The channels are those of the process, in which there may be other applications.
  const isOurs = ({ application }: Pick<RestMessage, 'application'>) => application === fastify.authToken
  const onRest = (message: unknown) => {
    const rest = message as RestMessage
    if (isOurs(rest)) journal.add(restEntry(rest, requestIds.getStore(), now()))
  }
  const onEvent = (message: unknown) => {
    const event = message as EventMessage
    if (isOurs(event)) journal.add(eventEntry(event, requestIds.getStore(), now()))
  }
  // A hook would cost every call more, and where Fastify's channels are used an error that throws ends the process.
  fastify.addHook('onRoute', function (route) {
    const handler = route.handler.bind(this)
    route.handler = (request, reply) => requestIds.run(request.id, handler, request, reply)
  })
  restChannel.subscribe(onRest)
  eventChannel.subscribe(onEvent)

  fastify.pages.addFolder(import.meta.dirname)
  // The last section
  fastify.addHook('onReady', async () => {
    fastify.placements.features.add({ homeSection: request => journalSection(fastify, days, request) })
  })
  await fastify.register(journalRoute, { journal })
  fastify.onUninstalled(({ portal }) => journal.forget(portal.memberId))
  fastify.addHook('onClose', async () => {
    restChannel.unsubscribe(onRest)
    eventChannel.unsubscribe(onEvent)
  })
}

export default fp(journal, {
  fastify: '5.x',
  name: 'b24-journal',
  dependencies: [
    'b24-auth-token', 'b24-placement-dispatch', 'b24-page', 'b24-page-session', 'b24-installation', 'b24-portal-rest'
  ]
})
