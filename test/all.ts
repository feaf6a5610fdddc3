// All tests but those in a browser, of the package and its example, and those that kill processes: a process for each
// folder of test/, several for a large one.
import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { missingPostgres } from './machine.ts'
import { startPostgresServer, type PostgresAddress } from './postgres-server.ts'
import { cut, spawnSuite } from './spawn-suite.ts'

const root = join(import.meta.dirname, '..')
const exclude = ['test/browser', 'test/package', 'test/survival']
const files = globSync('test/*/**/*.test.ts', { cwd: root, exclude }).sort()
const needsPostgres = (file: string): boolean => /start(?:Own)?Postgres/.test(readFileSync(join(root, file), 'utf8'))
const suites = Map.groupBy(
  files.filter(file => missingPostgres === undefined || !needsPostgres(file)),
  file => file.split('/')[1]
)
// So small that none of them runs on alone in the end; each costs a second to start. Tests of the app take longest, as
// they start it as processes of their own.
const mostFiles = (name: string) => name === 'app' ? 15 : 40
const parts = [...suites].flatMap(([name = '', suite]) => cut(name, suite, mostFiles(name)))
/** Starts the PostgreSQL of all processes. */
async function postgresOfAll (): Promise<PostgresAddress> {
  const { port, certificate, close } = await startPostgresServer()
  process.once('exit', close)
  return { port, certificate }
}
const shared = missingPostgres === undefined ? { TEST_POSTGRES: JSON.stringify(await postgresOfAll()) } : {}

// Some tests wait for timers: three processes more than there are cores leave no core idle.
t.jobs = availableParallelism() + 3
// The longest first: begun last, it would run on alone.
const share = ({ name, files }: { name: string, files: string[] }) => files.length / mostFiles(name.split(' ')[0] ?? '')
await Promise.all(parts.sort((one, other) => share(other) - share(one)).map(part => spawnSuite(part, shared)))
