// The package as it is published, in a folder outside of the repository, whose node_modules Node would find.
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root, unmeasured } from '../app/process.ts'

const exec = promisify(execFile)

/** Runs a program in a folder to its end. tap hands its options of Node on, whatever `env` says. */
export const runIn = async (cwd: string, ...args: string[]): Promise<string> =>
  (await exec('env', [...unmeasured, ...args], { cwd, maxBuffer: 10_000_000 })).stdout

/** Installs what a package.json names, and packages besides. */
export const installIn = async (cwd: string, ...packages: string[]): Promise<string> =>
  await runIn(cwd, 'npm', 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', ...packages)

export interface Packed { filename: string, size: number, files: Array<{ path: string }> }

/** Builds and packs into a new folder, which is gone when the test file ends. */
export async function pack (): Promise<{ folder: string, packed: Packed }> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-bitrix24-package-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  const stdout = await runIn(root, 'npm', 'pack', '--json', '--pack-destination', folder)
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [Packed] // the build says something first
  return { folder, packed }
}
