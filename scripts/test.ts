// npm test: the linter beside the types and then beside the tests that need no browser; npm run test:browser,
// test:package, test:survival.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { missingChromium, missingPostgres } from '../test/machine.ts'

// The example application imports this package by its name: from its source, as nothing is built for tests. The scripts
// of browsers are made from source as well, and Node warns that stripping their types by a call is experimental.
const options = ['--conditions=fastify-bitrix24-source', '--disable-warning=ExperimentalWarning']
const NODE_OPTIONS = [process.env.NODE_OPTIONS, ...options].filter(Boolean).join(' ')
const env = { ...process.env, NODE_OPTIONS }

/** Runs a command of the project, says how long it took, and whether it succeeded. */
async function run (command: string, ...args: string[]): Promise<boolean> {
  const start = performance.now()
  const [code] = await once(spawn(command, args, { stdio: 'inherit', env }), 'exit')
  console.log(`${command}: ${Math.round((performance.now() - start) / 1000)} s`)
  return code === 0
}

async function runTests (): Promise<boolean> {
  // The native compiler: a quarter of the work, in one thread beside the linter.
  if (!await run('tsgo', '-p', 'test', '--singleThreaded')) return false
  if (missingPostgres === undefined) return await run('tap', 'run')
  console.log(`the tests of PostgreSQL are not run, nor is the coverage complete: ${missingPostgres}`)
  return await run('tap', 'run', '--allow-incomplete-coverage')
}

async function runAll (): Promise<boolean> {
  // Types take far less than the linter, which leaves the other core to the tests.
  const succeeded = await Promise.all([run('eslint', '.'), runTests()])
  return succeeded.every(Boolean)
}

async function runBrowser (): Promise<boolean> {
  if (missingChromium === undefined) return await run('tap', 'run', '--disable-coverage', 'test/browser/all.ts')
  console.log(`not run: ${missingChromium}`)
  return true
}

const runPackage = () => run('tap', 'run', '--disable-coverage', 'test/package/all.ts')

async function runSurvival (): Promise<boolean> {
  if (missingPostgres) console.log(`the tests of PostgreSQL are not run: ${missingPostgres}`)
  return await run('tap', 'run', '--disable-coverage', 'test/survival/all.ts')
}

const parts: Record<string, () => Promise<boolean>> = {
  all: runAll, browser: runBrowser, package: runPackage, survival: runSurvival
}
process.exitCode = await parts[process.argv[2] ?? 'all']?.() ? 0 : 1
