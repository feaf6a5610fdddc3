import { isSecret, shorten, withoutSecrets } from './secrets.ts'

const MAX_TEXT = 2000
/** JSON that is nested deeper shows nothing of what is below. */
const MAX_DEPTH = 20

/** Fields as texts; nested ones get bracket names as in a form, secrets and `known` values are shortened. */
export function readableFields (fields: Record<string, unknown>, known: Iterable<string> = []): Record<string, string> {
  const readable: Record<string, string> = {}
  const add = (name: string, value: unknown, depth: number): void => {
    if (typeof value === 'object' && value !== null) {
      if (depth < MAX_DEPTH) for (const [key, item] of Object.entries(value)) add(`${name}[${key}]`, item, depth + 1)
      else add(name, '…', depth)
      return
    }
    const text = String(value ?? '')
    // JSON that is sent as a form is all name.
    readable[withoutSecrets(name, known, MAX_TEXT)] = isSecret(name)
      ? shorten(text)
      : withoutSecrets(text, known, MAX_TEXT)
  }
  for (const [name, value] of Object.entries(fields)) add(name, value, 1)
  return readable
}
