// npm test: the linter beside the types, then the tests that need no browser.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { missingPostgres } from '../test/postgres-server.ts'

/** Runs a command of the project, says how long it took, and whether it succeeded. */
async function run (command: string, ...args: string[]): Promise<boolean> {
  const start = performance.now()
  const [code] = await once(spawn(command, args, { stdio: 'inherit' }), 'exit')
  console.log(`${command}: ${Math.round((performance.now() - start) / 1000)} s`)
  return code === 0
}

const checked = await Promise.all([run('eslint', '.'), run('tsc', '-p', 'test')])
// The code for PostgreSQL is covered only where there is one.
const gate = missingPostgres ? ['--allow-incomplete-coverage'] : []
process.exitCode = checked.every(Boolean) && await run('tap', 'run', ...gate) ? 0 : 1
