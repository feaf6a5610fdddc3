import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import app from '../app.ts'
import type { AppOptions } from '../app-options.ts'
import { applicationFolders } from '../application/folder.ts'
import { applicationTables, migrateApplication } from '../application/migrations.ts'
import type { Config } from '../config.ts'
import { createKeyRing } from '../crypto/keys.ts'
import { ApplicationFileError } from '../errors.ts'
import { loggerOptions } from '../log/logger.ts'
import { serverOptions } from '../server-options.ts'
import { migrate } from '../store/migrations.ts'
import { openStore, type Store } from '../store/open-store.ts'

export type Assembled = Awaited<ReturnType<typeof assemble>>

// Not encapsulated, as its decorators are used from outside.
const openApp = fp((fastify: FastifyInstance, options: AppOptions) => app(fastify, options))

/**
 * Puts the service and its application together in this process, on an empty store in memory: it says what is declared,
 * and what it would answer.
 *
 * @returns `errors`: the messages of the errors that it has logged
 * @throws the error of the file that is at fault, and names the file if it is one of the application
 */
export async function assemble (config: Config) {
  const errors: string[] = []
  const stream = { write (line: string) { errors.push(String(JSON.parse(line).err?.message)) } }
  const fastify = Fastify({ ...serverOptions(config), logger: { ...loggerOptions('error'), stream } })
  const close = async () => { await fastify.close() }
  try {
    const store = await openStore({ url: 'sqlite::memory:', keyRing: createKeyRing(config.appSecret) })
    fastify.addHook('onClose', () => store.close())
    await makeTables(store, config)
    await fastify.register(openApp, { config, store, checksClient: false })
    await fastify.ready()
    return { fastify, store, errors, close }
  } catch (error) {
    await close()
    throw naming(error, config.application)
  }
}

/** The application's migrations may be written for PostgreSQL only: then none of them runs in SQLite. */
async function makeTables ({ database }: Store, { application, databaseUrl }: Config): Promise<void> {
  for (const folder of applicationFolders(application).migrations) {
    const tables = await applicationTables(folder)
    await migrateApplication(database, folder).catch(async (error: Error) => {
      if (databaseUrl.startsWith('sqlite:')) throw error
      const migrations = Object.keys(tables.migrations).map(name => [name, { up: async () => {} }])
      await migrate(database, { ...tables, migrations: Object.fromEntries(migrations) })
    })
  }
}

/** The error, with the file of the application in which it was thrown. */
function naming (thrown: unknown, folder: string | undefined): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const { message, stack } = error
  const places = String(stack).split(/[\s()]+/).map(place => place.replace(/(?::\d+)+$/, ''))
  const files = places.map(place => place.startsWith('file://') ? fileURLToPath(place) : place)
  const file = files.find(file => file.startsWith(`${folder}${sep}`) && !file.includes(`${sep}node_modules${sep}`))
  return file === undefined || message.includes(file)
    ? error
    : new ApplicationFileError(file, message, { cause: error })
}
