import { createHash } from 'node:crypto'

/** Whether a key is one of those whose SHA-256 is listed (hex, lower case); no key at all is none of them. Only hashes are kept, and only hashes are compared. */
export function createApiKeys (hashes: readonly string[]): { includes: (key: string) => boolean } {
  const known = new Set(hashes)
  return { includes: key => key !== '' && known.has(createHash('sha256').update(key).digest('hex')) }
}
