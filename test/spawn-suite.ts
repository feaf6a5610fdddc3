import { join } from 'node:path'
import t from 'tap'

interface Suite { name: string, files: string[] }

/** Cuts a list of files into suites, each with files from everywhere in it: those of one folder take about as long. */
export function cut (name: string, files: string[], mostFiles: number): Suite[] {
  const count = Math.ceil(files.length / mostFiles)
  return Array.from({ length: count }, (_, part) => ({
    name: count === 1 ? name : `${name} ${part + 1}`,
    files: files.filter((_, index) => index % count === part)
  }))
}

/** Runs the files of a suite one after the other, in a process of their own. */
export const spawnSuite = async ({ name, files }: Suite, variables: Record<string, string> = {}): Promise<unknown> =>
  await t.spawn(process.execPath, [join(import.meta.dirname, 'suite.ts')], {
    name, env: { ...process.env, ...variables, SUITE: files.join(' ') }, timeout: 1_800_000
  })
