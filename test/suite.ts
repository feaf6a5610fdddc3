// Runs the test files named in SUITE in one process: starting Node and loading the service costs a second each time.
import { join } from 'node:path'
import t from 'tap'

// A file must not register a clean-up on the root test: tap would then end the root test as soon as it is idle.
for (const file of process.env['SUITE']?.split(' ') ?? []) {
  t.comment(file)
  await import(join(import.meta.dirname, '..', file))
}
