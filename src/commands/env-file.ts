import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { UsageError } from './command.ts'

/** Variables of a file `.env`; none if there is none. @throws {UsageError} when it cannot be read */
export function readEnvFile (file = '.env'): NodeJS.Dict<string> {
  try {
    // Editors on Windows begin a file with a mark that would become part of the first name.
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
    if (text.includes('\0')) throw new Error('save it as UTF-8')
    return parseEnv(text)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // nothing else is thrown
    if (code === 'ENOENT') return {}
    throw new UsageError(`.env in this folder cannot be read: ${message}`)
  }
}
