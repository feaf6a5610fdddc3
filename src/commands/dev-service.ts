import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from './command.ts'

/** Where `dev` keeps what outlives it, below the folder in which it runs. */
export const stateFolder = '.bitrix24'
export const stateFile = 'state.json'

/** Variables of the service that `dev` runs in this folder, or ran last; undefined: none has run here. */
export function devVariables (): Record<string, string> | undefined {
  try {
    const text = readFileSync(join(stateFolder, stateFile), 'utf8')
    return (JSON.parse(text) as { service?: Record<string, string> }).service // dev writes it
  } catch {
    // It says itself what is wrong with its file.
    return undefined
  }
}

/** Makes them those of this process: they win over its own, as they do in `dev`. @throws UsageError */
export function loadDevVariables (): void {
  const variables = devVariables()
  if (variables === undefined) {
    throw new UsageError('fastify-bitrix24 dev has run no service in this folder: run it first, or leave --dev out.')
  }
  Object.assign(process.env, variables)
}
