// Runs the test files named in SUITE in one process: starting Node and loading the service costs a second each time.
import { join } from 'node:path'
import t from 'tap'

// tap follows every promise to the test that made it, to give that test an error which nobody catches. That is a tenth
// of all work; without it, such an error ends the process, and no report says why.
t.beforeEach(test => {
  if (test.parent === t) {
    t.hookDomain.destroy()
    t.hook.onDestroy?.()
  }
  test.hookDomain.destroy()
})

process.on('uncaughtException', error => t.threw(error))

// A file must not register a clean-up on the root test: tap would then end the root test as soon as it is idle.
for (const file of process.env['SUITE']?.split(' ') ?? []) {
  t.comment(file)
  await import(join(import.meta.dirname, '..', file))
}
