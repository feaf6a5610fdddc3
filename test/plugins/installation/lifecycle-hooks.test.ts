import Fastify from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import { decorateHooks } from '../../../plugins/installation/lifecycle-hooks.ts'
import type { LifecycleHandlers } from '../../../plugins/installation/lifecycle-handlers.ts'
import { until } from '../../until.ts'
import { startService } from '../../service.ts'

await t.test('onInstalled, onUpdated, onUninstalled: follow the life of a portal', async t => {
  const told: string[] = []
  const { install, post, log, sandbox: { portals: { alpha } } } = await startService(t, {
    prepare: fastify => {
      fastify
        .onInstalled(async ({ portal, rest }) => {
          const { NAME } = await rest.call<{ NAME: string }>('profile')
          told.push(`installed ${portal.domain} ${NAME}`)
        })
        .onUpdated(async ({ portal }) => { told.push(`updated ${portal.domain}`) })
        .onUninstalled(async ({ portal, clean }) => { told.push(`uninstalled ${portal.domain} ${clean}`) })
    }
  })
  const { name } = alpha.users.admin
  await install()
  await until(() => told.length > 0)
  // ONAPPINSTALL has come after the installation page.
  t.strictSame(told.splice(0), [`installed ${alpha.domain} ${name}`])
  await install()
  await until(() => told.length > 0)
  t.strictSame(told.splice(0), [`updated ${alpha.domain}`])
  const { body } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  await post('/events', body)
  await until(() => told.length > 0)
  t.strictSame(told, [`uninstalled ${alpha.domain} true`])
  t.notMatch(log.join(''), new RegExp(alpha.applicationToken))
})

await t.test('onUninstalled: is told that settings and data stay, also before the next installation', async t => {
  const told: boolean[] = []
  const { install, post, sandbox: { portals: { alpha } } } = await startService(t, {
    prepare: fastify => { fastify.onUninstalled(async ({ clean }) => { told.push(clean) }) }
  })
  await install()
  const { body } = alpha.event('ONAPPUNINSTALL', { 'data[CLEAN]': '0' })
  alpha.uninstall()
  await post('/events', body)
  await until(() => told.length > 0)
  await install()
  t.strictSame(told, [false, false])
})

await t.test('onInstalled: runs after the installation page was answered', async t => {
  const order: string[] = []
  const { install } = await startService(t, {
    prepare: fastify => {
      fastify.addHook('onResponse', async request => {
        if (request.routeOptions.url === '/install') order.push('answered')
      })
      fastify.onInstalled(async () => { order.push('installed') })
    }
  })
  await install()
  await until(() => order.includes('installed'))
  t.equal(order[0], 'answered')
})

await t.test('onUninstalled: is told when the service ends', async t => {
  const told: string[] = []
  const { install, post, fastify, sandbox: { portals: { alpha } } } = await startService(t, {
    prepare: fastify => {
      fastify.onUninstalled(({ signal }) => new Promise((_resolve, reject) => {
        told.push('begun')
        signal.addEventListener('abort', () => {
          told.push('aborted')
          reject(new Error('aborted'))
        })
      }))
    }
  })
  await install()
  const { body } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  await post('/events', body)
  await until(() => told.length > 0)
  await fastify.close()
  t.strictSame(told, ['begun', 'aborted'])
})

await t.test('onInstalled: is refused with a name for what is wrong', async t => {
  const added: unknown[] = []
  const handlers = { add: (...given: unknown[]) => { added.push(given) } }
  const app = Fastify()
  t.after(() => app.close())
  await app.register(fp(async fastify => { decorateHooks(fastify, handlers as unknown as LifecycleHandlers) }))
  const handler = async () => {}
  await app.register(fp(async fastify => { fastify.onUpdated(handler) }, { name: 'fields' }))
  t.strictSame(added, [['updated', handler, 'fields']])
  await app.register(fp(async fastify => {
    t.throws(() => Reflect.apply(fastify.onUninstalled, fastify, ['no function']), {
      code: 'B24_ERR_LIFECYCLE_HANDLER', message: 'robots: onUninstalled takes a function'
    })
  }, { name: 'robots' }))
  await app.ready()
  t.throws(() => app.onInstalled(handler), {
    code: 'B24_ERR_LIFECYCLE_HANDLER', message: /onInstalled is called after the service has started$/
  })
})
