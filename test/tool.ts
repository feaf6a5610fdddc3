import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Runs a command line tool of the project to its end. In: its name, as `npm run` knows it. */
export async function runTool (name: 'rotate-keys' | 'migrate-store', args: readonly string[], env: Record<string, string> = {}) {
  return await promisify(execFile)(process.execPath, [join(import.meta.dirname, `../src/tools/${name}.ts`), ...args], { env: { ...process.env, ...env } })
    .then(({ stdout }) => ({ code: 0, stdout, stderr: '' }), ({ code, stdout, stderr }: { code: number, stdout: string, stderr: string }) => ({ code, stdout, stderr }))
}
