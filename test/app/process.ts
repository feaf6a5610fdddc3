import { spawn, type SpawnOptionsWithStdioTuple } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export const root = join(import.meta.dirname, '../..')

/** Arguments of `env` that keep a child process from measuring coverage. */
export const unmeasured = ['-u', 'NODE_OPTIONS', '-u', 'NODE_V8_COVERAGE']

/** What `spawn` starts */
export type Command = [program: string, args: string[]]

const compiled = join(root, 'node_modules/.cache/fastify-bitrix24-tests')

/**
 * Node on the source without measuring coverage, which doubles what it costs to start. tap sets NODE_OPTIONS of every
 * process, so `env` sets them last. What is compiled is kept for the next process; coverage would not be exact then.
 */
export const unmeasuredNode = (...args: string[]): Command => ['/usr/bin/env', [
  'NODE_OPTIONS=--conditions=fastify-bitrix24-source', `NODE_COMPILE_CACHE=${compiled}`, process.execPath, ...args
]]

/**
 * Starts a file of the project and collects its output. Coverage is measured where lines run in no other test; a
 * process that will be killed would report nothing.
 */
export function run (
  file: string, env: Record<string, string>, { isMeasured = false, args = [] as string[], cwd = root } = {}
) {
  const options: SpawnOptionsWithStdioTuple<'ignore', 'pipe', 'pipe'> = {
    cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe']
  }
  const node: Command = isMeasured ? [process.execPath, [file, ...args]] : unmeasuredNode(file, ...args)
  const command: Command = file.startsWith('dist/')
    ? ['env', [...unmeasured, process.execPath, file, ...args]]
    : node
  const child = spawn(...command, options)
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
