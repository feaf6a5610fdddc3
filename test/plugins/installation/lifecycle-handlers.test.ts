import t, { type Test } from 'tap'
import type { InstalledContext, LifecycleHandler } from '../../../plugins/installation/call-handler.ts'
import { createLifecycleHandlers } from '../../../plugins/installation/lifecycle-handlers.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import type { InstallationChange } from '../../../src/store/change-store.ts'
import type { Installation } from '../../../src/store/installation-store.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { handlerUrl, installed, memberId, portal, report } from '../../store-contract/contract-values.ts'
import { until } from '../../until.ts'

const failed = 'a lifecycle handler failed'
const nothing = async () => {}
const { clientEndpoint: endpoint, domain, scope, status } = portal

/** A store in memory with a portal that has just been installed, at 10. */
async function storeFor (t: Test): Promise<Store> {
  const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
  const store = await openStore({ url: 'sqlite::memory:', keyRing })
  t.after(() => store.close())
  await store.install({ ...installed, change: 'installed' }, 10)
  await store.recordBindings(memberId, handlerUrl, report, 10)
  return store
}

/** Handlers of one process, on a clock that the test moves. */
function processOn (store: Store, clock: { now: number }, timeout = 60_000) {
  const lines: Array<{ text: string } & Record<string, unknown>> = []
  const handlers = createLifecycleHandlers({
    store,
    restOf: id => ({ of: id }) as unknown as InstalledContext['rest'],
    timeout,
    delays: [100, 1000],
    log: { error: (fields: object, text = '') => { lines.push({ ...fields, text }) } },
    now: () => clock.now
  })
  return { handlers, lines }
}

await t.test('lifecycle handlers: get the portal, and REST as the installation', async t => {
  const store = await storeFor(t)
  const { handlers, lines } = processOn(store, { now: 20 })
  const told: unknown[] = []
  const changes: InstallationChange[] = ['installed', 'updated', 'uninstalled']
  for (const change of changes) {
    handlers.add(change, async ({ portal, rest, signal }) => {
      told.push([change, portal, rest, signal.aborted])
    }, 'test')
  }
  for (const change of [nothing, () => store.install({ ...installed, change: 'updated' }, 12), nothing]) {
    await change()
    await handlers.run(memberId)
  }
  const context = [
    { memberId, domain, origin: 'https://example.bitrix24.com', endpoint, scope, status }, { of: memberId }, false
  ]
  t.strictSame(told, [['installed', ...context], ['updated', ...context]])

  await store.markUninstalled(memberId, 13)
  await store.clearTombstones(14, 1)
  await handlers.run(memberId)
  t.match(told.slice(2), [['uninstalled', { memberId, domain: '', origin: '' }]])
  t.strictSame(lines, [])
})

await t.test('lifecycle handlers: one that fails keeps no other from running', async t => {
  const clock = { now: 20 }
  const { handlers, lines } = processOn(await storeFor(t), clock)
  const calls: string[] = []
  let isBroken = true
  handlers.add('installed', async () => {
    calls.push('first')
    if (isBroken) throw new Error('no such field')
  }, '/app/plugins/fields.ts')
  handlers.add('installed', async () => { calls.push('second') }, '/app/plugins/robots.ts')
  // Each at the first moment when it is due, and just before
  for (const [now, expected] of [
    [20, ['first', 'second']], [119, []], [120, ['first']], [1119, []], [1120, ['first']], [2120, ['first']]
  ] as const) {
    clock.now = now
    await handlers.run(memberId)
    t.strictSame(calls.splice(0), expected, `at ${now}`)
  }
  const line = { change: 'installed', handler: '/app/plugins/fields.ts', member: /^[0-9a-f]{12}$/, text: failed }
  const err = { message: 'no such field' }
  t.match(lines, [100, 1000, 1000, 1000].map(retryInMs => ({ ...line, err, retryInMs })))
  isBroken = false
  for (clock.now = 3120; clock.now < 9000; clock.now += 1000) await handlers.run(memberId)
  t.strictSame([calls, lines.length], [['first'], 4], 'and no more once it has succeeded')
})

await t.test('lifecycle handlers: a process that ended loses nothing', async t => {
  const store = await storeFor(t)
  // It has taken the change, and nothing more was heard of it.
  await store.takeChange(memberId, 500, 20)
  const clock = { now: 499 }
  const { handlers } = processOn(store, clock)
  const calls: string[] = []
  handlers.add('installed', async () => { calls.push('installed') }, 'test')
  handlers.look()
  await handlers.run(memberId)
  t.strictSame(calls, [])
  clock.now = 500
  handlers.look()
  await until(() => calls.length > 0)
  await handlers.close()
  t.strictSame([calls, await store.dueChanges(1e6, 9)], [['installed'], []])
})

await t.test('lifecycle handlers: run once, however many processes look', async t => {
  const store = await storeFor(t)
  let runs = 0
  const processes = Array.from({ length: 3 }, () => processOn(store, { now: 20 }).handlers)
  for (const handlers of processes) {
    handlers.add('installed', async () => { runs++ }, 'test')
    handlers.look()
    handlers.start(memberId)
  }
  await until(() => runs > 0)
  await Promise.all(processes.map(handlers => handlers.run(memberId)))
  t.equal(runs, 1)
})

await t.test('lifecycle handlers: one that takes too long has failed', async t => {
  const { handlers, lines } = processOn(await storeFor(t), { now: 20 }, 10)
  let wasAborted = false
  handlers.add('installed', ({ signal }) => new Promise(() => {
    signal.addEventListener('abort', () => { wasAborted = true })
  }), 'test')
  await handlers.run(memberId)
  t.match(lines, [{ err: { message: 'the handler took longer than 10 ms' }, text: failed }])
  t.equal(wasAborted, true)
})

await t.test('lifecycle handlers: those that hang keep no portal from coming back', async t => {
  const store = await storeFor(t)
  const { handlers, lines } = processOn(store, { now: 20 }, 120)
  const calls: string[] = []
  handlers.add('uninstalled', () => new Promise(() => {}), 'test')
  handlers.add('uninstalled', async ({ uninstalledAt }) => { calls.push(`second at ${uninstalledAt}`) }, 'test')
  const row = await store.get(memberId)
  await handlers.forget(row as Installation) // it was stored above
  t.strictSame(calls, ['second at 20'])
  t.match(lines, [{ err: { message: 'the handler took longer than 10 ms' }, text: failed }])
})

await t.test('lifecycle handlers: what a shutdown interrupts is due at once', async t => {
  const store = await storeFor(t)
  const { handlers } = processOn(store, { now: 20 })
  const calls: string[] = []
  const untilAborted: LifecycleHandler = ({ signal }) => new Promise((_resolve, reject) => {
    calls.push('first')
    signal.addEventListener('abort', () => reject(new Error('aborted')))
  })
  handlers.add('installed', untilAborted, 'test')
  handlers.add('installed', async () => { calls.push('second') }, 'test')
  handlers.start(memberId)
  await until(() => calls.length > 0)
  handlers.stop()
  await handlers.close()
  await handlers.run(memberId)
  t.strictSame(calls, ['first'])
  t.strictSame(await store.dueChanges(20, 9), [memberId])
})

await t.test('lifecycle handlers: a store that does not answer is logged', async t => {
  const store = await storeFor(t)
  const away = async () => { throw new Error('disk full') }
  const { handlers, lines } = processOn({ ...store, takeChange: away, dueChanges: away }, { now: 20 })
  handlers.start(memberId)
  handlers.look()
  await handlers.close()
  t.strictSame(lines.map(({ text }) => text).sort(), [
    'looking for lifecycle handlers to run failed', 'running lifecycle handlers failed'
  ])
})

await t.test('lifecycle handlers: an uninstall runs none if the portal is back', async t => {
  const store = await storeFor(t)
  const { handlers } = processOn(store, { now: 20 })
  const calls: string[] = []
  handlers.add('uninstalled', async () => { calls.push('uninstalled') }, 'test')
  await handlers.run(memberId)
  await store.markUninstalled(memberId, 20)
  await store.recordPortal(portal, 20)
  await handlers.run(memberId)
  t.strictSame([calls, await store.dueChanges(1e6, 9)], [[], []])
})

await t.test('lifecycle handlers: stop an uninstall when the portal comes back', async t => {
  const store = await storeFor(t)
  const { handlers, lines } = processOn(store, { now: 20 })
  store.onPortalChanged(handlers.stopOvertaken)
  const calls: unknown[] = []
  handlers.add('installed', async () => { calls.push('installed') }, 'test')
  handlers.add('uninstalled', ({ signal, uninstalledAt }) => new Promise(() => {
    calls.push(`uninstalled at ${uninstalledAt}`)
    signal.addEventListener('abort', () => { calls.push(signal.reason.message) })
  }), 'test')
  handlers.add('uninstalled', async () => { calls.push('never') }, 'test')
  await handlers.run(memberId)
  t.strictSame(calls.splice(0), ['installed'])
  await store.markUninstalled(memberId, 15)
  const ended = handlers.run(memberId)
  await until(() => calls.length > 0)
  await store.markUninstalled(memberId, 16)
  await store.install({ ...installed, change: 'installed' }, 20)
  await store.recordBindings(memberId, handlerUrl, report, 20)
  await ended
  await handlers.run(memberId)
  t.strictSame(calls, ['uninstalled at 15', 'the portal has come back', 'installed'])
  t.strictSame(lines, [])
  t.strictSame(await store.dueChanges(1e6, 9), [])
  await handlers.close()
})
