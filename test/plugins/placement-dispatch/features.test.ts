import t from 'tap'
import { startService } from '../../service.ts'

await t.test('features: answer in order, and add sections to the home', async t => {
  const application = t.testdir({
    views: { 'greeting.eta': '<p>Hello, <%= it.name %>. <%= it.t("page.copy") %></p>' }
  })
  const { install, call, log, lines, sandbox: { portals: { alpha } } } = await startService(t, {
    app: { links: false, application },
    prepare: ({ placements: { features } }) => {
      features.add({
        homeSection: async ({ placement: { options } }) => {
          throw new Error(`out of order: ${Object.values(Object(options)).join()}`)
        }
      })
      features.add({ homeSection: async () => undefined, answer: () => undefined })
      for (const name of ['one', 'two']) {
        features.add({
          answer: ({ placement: { options } }) =>
            Object.hasOwn(Object(options), 'claimed') ? Promise.resolve(name) : undefined,
          homeSection: async ({ placement: { user } }) => ({ view: 'greeting', data: { name: `${name} ${user.id}` } })
        })
      }
    }
  })
  await install()
  for (const code of ['DEFAULT', 'REST_APP_URI']) {
    t.equal((await call(alpha.placementCall(code, { params: { claimed: 'y' } }))).text, 'one', code)
  }
  const { text } = await call(alpha.placementCall('DEFAULT', { params: { note: 'a bonus list' } }))
  t.match(text, /Hello, one 1\. Copy[^]*Hello, two 1\./)
  const faults = lines().filter(({ level }) => level === 50)
  t.match(faults, [{ err: { message: 'out of order: [redacted]' } }])
  t.notMatch(log.join(), 'a bonus list', 'the log does not repeat what the page carried')
})
