import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { unmeasuredNode, type Command } from './app/process.ts'

export const cli = join(import.meta.dirname, '../src/cli.ts')

interface ToolRun {
  /** The folder that it runs in */
  cwd?: string
  /** Measures coverage: where lines run in no other test */
  isMeasured?: boolean
}

/** Runs the command with these words to its end. */
export async function runCommand (
  args: readonly string[], env: Record<string, string> = {}, { cwd = process.cwd(), isMeasured = false }: ToolRun = {}
): Promise<{ code: number, stdout: string, stderr: string }> {
  const command: Command = isMeasured ? [process.execPath, [cli, ...args]] : unmeasuredNode(cli, ...args)
  const child = spawn(...command, { cwd, env: { ...process.env, ...env } })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: Number(code), stdout, stderr }
}

/** Runs a word of the command to its end. */
export const runTool = (word: string, args: readonly string[], env: Record<string, string> = {}, options?: ToolRun) =>
  runCommand([word, ...args], env, options)
