import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { UsageError } from '../../../src/commands/command.ts'
import { nearest } from '../../../src/commands/nearest.ts'
import { readAddress } from '../../../src/schemas/variables.ts'
import { tunnelPrograms, type TunnelProgram } from './programs.ts'

/** An address that leads here already, or a program that is to open one. */
export type FoundTunnel = { address: string } | { name: string, file: string, program: TunnelProgram }

const programs: Record<string, TunnelProgram> = tunnelPrograms
const names = Object.keys(programs)
const ownAddress = 'name an https:// address that leads here: --tunnel https://my.example'

function isProgram (file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** A command on PATH. */
function fileOf (command: string, path: string): string | undefined {
  const name = process.platform === 'win32' ? `${command}.exe` : command
  return path.split(delimiter).filter(folder => folder !== '').map(folder => join(folder, name)).find(isProgram)
}

function readPublicAddress (text: string): string {
  try {
    const address = readAddress(text)
    if (address.startsWith('https:')) return address
  } catch {
    // Says the same of a malformed one.
  }
  throw new UsageError('--tunnel must be an https:// address without a query, as Bitrix24 opens no other, ' +
    'or the name of a tunnel program.')
}

/**
 * What `--tunnel` asks for: an address, a program by its name, or '' for the first program that is installed.
 *
 * @throws {UsageError} when there is none
 */
export function findTunnel (wanted: string, path = process.env.PATH ?? ''): FoundTunnel {
  if (/[.:/]/.test(wanted)) return { address: readPublicAddress(wanted) }
  if (wanted !== '' && !names.includes(wanted)) {
    const meant = nearest(wanted, names)
    const advice = meant === undefined ? 'cloudpub.' : `cloudpub; did you mean ${meant}?`
    throw new UsageError(`--tunnel takes an https:// address, or cloudflared, ngrok or ${advice}`)
  }
  for (const [name, program] of Object.entries(programs)) {
    const file = wanted === '' || wanted === name ? fileOf(program.command, path) : undefined
    if (file !== undefined) return { name, file, program }
  }
  throw new UsageError(wanted === ''
    ? `No tunnel program is installed: install cloudflared, ngrok or cloudpub (clo), or ${ownAddress}.`
    : `The program ${programs[wanted]?.command} is not on PATH: install it, or ${ownAddress}.`)
}
