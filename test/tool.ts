import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export const cli = join(import.meta.dirname, '../src/cli.ts')

/** Runs a word of the command to its end. */
export async function runTool (
  word: string, args: readonly string[], env: Record<string, string> = {}
): Promise<{ code: number, stdout: string, stderr: string }> {
  const child = spawn(process.execPath, [cli, word, ...args], { env: { ...process.env, ...env } })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: Number(code), stdout, stderr }
}
