import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { format } from 'node:util'
import type { Test } from 'tap'
import { unmeasuredNode, type Command } from './app/process.ts'
import { run } from '../src/commands/index.ts'

export const cli = join(import.meta.dirname, '../src/cli.ts')

/** The code that a run ends with, and what it prints */
interface Outcome { code: number, stdout: string, stderr: string }

/** Runs a word of the command to its end, in a process of its own; measures coverage if lines run nowhere else. */
export async function runTool (
  word: string, args: readonly string[], env: Record<string, string> = {}, { isMeasured = false } = {}
): Promise<Outcome> {
  const command: Command = isMeasured ? [process.execPath, [cli, word, ...args]] : unmeasuredNode(cli, word, ...args)
  const child = spawn(...command, { env: { ...process.env, ...env } })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: Number(code), stdout, stderr }
}

/** Runs the command in this process, which costs far less than one of its own. */
export async function runHere (
  t: Test, args: readonly string[], more: Record<string, string> = {}, folder = process.cwd()
): Promise<Outcome> {
  const { env } = process
  const [before, cwd] = [{ ...env }, process.cwd()]
  Object.assign(env, more)
  process.chdir(folder)
  const [log, error] = [t.capture(console, 'log'), t.capture(console, 'error')]
  const code = Number(await run(args))
  const textOf = (printed: typeof log) => printed().map(({ args }) => `${format(...args)}\n`).join('')
  const outcome = { code, stdout: textOf(log), stderr: textOf(error) }
  log.restore()
  error.restore()
  process.chdir(cwd)
  for (const name of Object.keys(env)) if (!(name in before)) delete env[name]
  Object.assign(env, before)
  return outcome
}
