// The servers that are measured: each is a process of its own on the first core, its time read from the system.
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export interface Server { child: ChildProcess, url: string }

const root = join(import.meta.dirname, '../..')
// As in the Dockerfile
const nodeOptions = ['--max-semi-space-size=4', '--max-old-space-size=256']

/** Starts a file as a server; resolves when it answers. */
export async function startServer (file: string, port: number, env: Record<string, string> = {}): Promise<Server> {
  const url = `http://127.0.0.1:${port}`
  const child = spawn('taskset', ['-c', '0', process.execPath, ...nodeOptions, join(root, file)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env, NODE_ENV: 'production', MALLOC_ARENA_MAX: '1', HOST: '127.0.0.1', PORT: String(port), ...env
    }
  })
  while (!await fetch(url).then(() => true, () => false)) {
    if (child.exitCode !== null) throw new Error(`${file} has not started`)
    await wait(5)
  }
  return { child, url }
}

/** Microseconds of the processor that all threads of a server have taken. */
export function processorTime ({ child: { pid } }: Server): number {
  const times = readdirSync(`/proc/${pid}/task`).map(thread =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]))
  return times.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1000
}

export const residentMegabytes = ({ child: { pid } }: Server): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
