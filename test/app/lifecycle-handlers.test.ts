import { join } from 'node:path'
import t from 'tap'
import { until } from '../until.ts'
import { startPostgres } from '../postgres.ts'
import { startService } from '../service.ts'

const databases = {
  SQLite: async (folder: string) => `sqlite:${join(folder, 'test.db')}`,
  PostgreSQL: async () => await (await startPostgres()).createDatabase()
}

for (const [name, open] of Object.entries(databases)) {
  await t.test(`lifecycle handlers: the next start goes on after an end, ${name}`, async t => {
    const env = { DATABASE_URL: await open(t.testdir()) }
    const told: string[] = []
    const first = await startService(t, {
      env,
      prepare: fastify => {
        fastify.onInstalled(({ signal }) => new Promise((_resolve, reject) => {
          told.push('begun')
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        }))
      }
    })
    await first.install()
    await until(() => told.length > 0)
    await first.fastify.close()
    const { memberId } = first.sandbox.portals.alpha
    const second = await startService(t, {
      env: { ...env, APP_SECRET: String(first.sandbox.env.APP_SECRET) },
      prepare: fastify => {
        fastify.onInstalled(async ({ portal }) => { told.push(portal.memberId) })
        fastify.onUpdated(async () => { told.push('updated') })
      }
    })
    await until(() => told.length > 1)
    t.strictSame(told, ['begun', memberId])
    await until(async () => (await second.store.dueChanges(Date.now(), 9)).length === 0)
  })
}
