// What survives: processes that are killed, a database that hangs, and more calls than can be answered.
import { availableParallelism } from 'node:os'
import t from 'tap'
import { spawnSuite } from '../spawn-suite.ts'

const spawn = (name: string): Promise<unknown> => spawnSuite({ name, files: [`test/survival/${name}.test.ts`] })

// These wait most of the time.
t.jobs = availableParallelism() + 1
await Promise.all(['tokens-survive', 'database-hangs', 'crash'].map(spawn))
// This one fills the machine.
await spawn('overload')
