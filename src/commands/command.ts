import type { ParseArgsConfig } from 'node:util'

/** What follows the name of a command, as `parseArgs` has read it. */
export interface Arguments {
  values: Record<string, string | boolean | undefined>
  positionals: string[]
}

export interface Command {
  /** Shown by `--help`, and named when the command is used in a wrong way */
  usage: string
  options: NonNullable<ParseArgsConfig['options']>
  /** Those of them that may stand without a value, which is '' then */
  bareOptions?: readonly string[]
  /** How many arguments it takes at most, besides options */
  maxPositionals: number
  /** Whether .env in this folder is read into the variables of the process. Default true */
  readsEnvironment?: boolean
  /** Returns the exit code; without one the process ends by itself, or sets its own. */
  run: (args: Arguments) => Promise<number | undefined>
}

/** The command was used in a wrong way: a sentence that says what to do instead. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** A text for a terminal: what others have sent must not move its cursor or colour what follows. */
export const visible = (text: string): string => text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu,
  character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * The origin of the portal that `--portal` names: by its domain, in letters of any script, or by an address, for one
 * without HTTPS.
 */
export function originOf (portal: string): string {
  const origin = URL.parse(portal.includes('://') ? portal : `https://${portal}`)?.origin
  // Others, such as file:, have the origin "null".
  if (origin?.startsWith('http') === true) return origin
  throw new UsageError('--portal must be the domain of a portal, such as my.bitrix24.com.')
}
