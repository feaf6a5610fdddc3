import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from './command.ts'

/** Where `dev` keeps what outlives it, below the folder in which it runs. */
export const stateFolder = '.bitrix24'
export const stateFile = 'state.json'

/** Variables of the service that `dev` runs in this folder, or ran last; undefined: none has run here. */
export function devVariables (): Record<string, string> | undefined {
  const file = join(stateFolder, stateFile)
  if (!existsSync(file)) return undefined
  const { service } = JSON.parse(readFileSync(file, 'utf8')) as { service?: Record<string, string> } // dev writes it
  return service
}

/** Makes them those of this process: they win over its own, as they do in `dev`. @throws UsageError */
export function loadDevVariables (): void {
  const variables = devVariables()
  if (variables === undefined) {
    throw new UsageError('fastify-bitrix24 dev has run no service in this folder: run it first, or leave --dev out.')
  }
  Object.assign(process.env, variables)
}
