import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** Runs a command line tool of the project to its end; `name` as `npm run` knows it. */
export async function runTool (
  name: 'rotate-keys' | 'migrate-store', args: readonly string[], env: Record<string, string> = {}
): Promise<{ code: number, stdout: string, stderr: string }> {
  const file = join(import.meta.dirname, `../src/tools/${name}.ts`)
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env } })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: Number(code), stdout, stderr }
}
