import { spawn, type SpawnOptionsWithStdioTuple } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export const root = join(import.meta.dirname, '../..')

/** Arguments of `env` that keep a child process from measuring coverage. */
export const unmeasured = ['-u', 'NODE_OPTIONS', '-u', 'NODE_V8_COVERAGE']

/**
 * Starts a file of the project and collects its output. Coverage is not measured in built files, and need not be in a
 * process that will be killed: it would report nothing.
 */
export function run (
  file: string, env: Record<string, string>,
  { isMeasured = !file.startsWith('dist/'), args = [] as string[], cwd = root } = {}
) {
  const node = !isMeasured ? [...unmeasured, process.execPath, '--enable-source-maps'] : [process.execPath]
  const options: SpawnOptionsWithStdioTuple<'ignore', 'pipe', 'pipe'> = {
    cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe']
  }
  const child = spawn('env', [...node, file, ...args], options)
  const output: string[] = []
  child.stdout.on('data', chunk => output.push(String(chunk)))
  child.stderr.on('data', chunk => output.push(String(chunk)))
  const ended = once(child, 'exit').then(([code]) => Number(code))
  return { child, output, ended, text: () => output.join('') }
}

/**
 * Waits until the address answers.
 *
 * @param timeout in milliseconds
 * @returns whether it did in time
 */
export async function listening (url: string, timeout = 60_000): Promise<boolean> {
  for (const end = Date.now() + timeout; Date.now() < end; await wait(50)) {
    if (await fetch(url).then(answer => answer.ok, () => false)) return true
  }
  return false
}
