import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export const root = join(import.meta.dirname, '../..')

/** For `env`: whoever is started measures no coverage. */
export const unmeasured = ['-u', 'NODE_OPTIONS', '-u', 'NODE_V8_COVERAGE']

/**
 * A process of the project, its output collected. What is built is measured nowhere: the coverage is that of the source.
 * Nor is what will be killed: it starts sooner so, and whoever is killed reports nothing.
 */
export function run (file: string, env: Record<string, string>, { isMeasured = !file.startsWith('dist/'), args = [] as string[] } = {}) {
  const node = !isMeasured ? [...unmeasured, process.execPath, '--enable-source-maps'] : [process.execPath]
  const child = spawn('env', [...node, file, ...args], { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: string[] = []
  child.stdout.on('data', chunk => output.push(String(chunk)))
  child.stderr.on('data', chunk => output.push(String(chunk)))
  const ended = once(child, 'exit').then(([code]) => Number(code))
  return { child, output, ended, text: () => output.join('') }
}

/** Waits until something listens there, or the time (in milliseconds) is over. */
export async function listening (url: string, timeout = 60_000): Promise<boolean> {
  for (const end = Date.now() + timeout; Date.now() < end; await wait(50)) {
    if (await fetch(url).then(answer => answer.ok, () => false)) return true
  }
  return false
}
