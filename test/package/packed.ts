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

/** What was packed, and where the tarball is. */
export interface Packed { tarball: string, size: number, files: Array<{ path: string }> }

/** A new folder, which is gone when the process ends. */
export async function newFolder (): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-bitrix24-package-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  return folder
}

/** Builds and packs, unless all.ts has done so for this process. */
export async function pack (): Promise<Packed> {
  if (process.env.PACKED !== undefined) return JSON.parse(process.env.PACKED)
  const folder = await newFolder()
  const stdout = await runIn(root, 'npm', 'pack', '--json', '--pack-destination', folder)
  const [{ filename, size, files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) // the build says something first
  return { tarball: join(folder, filename), size, files }
}
