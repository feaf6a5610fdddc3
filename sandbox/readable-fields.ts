import { isSecret, shorten, withoutSecrets } from './secrets.ts'

const MAX_TEXT = 2000

/** Fields as texts; nested ones get bracket names as in a form, secrets are shortened. */
export function readableFields (fields: Record<string, unknown>, within?: string): Record<string, string> {
  const readable: Record<string, string> = {}
  for (const [key, value] of Object.entries(fields)) {
    const name = within === undefined ? key : `${within}[${key}]`
    if (typeof value === 'object' && value !== null) {
      Object.assign(readable, readableFields({ ...value }, name))
    } else {
      const text = String(value ?? '')
      // JSON that is sent as a form is all name.
      readable[withoutSecrets(name)] = isSecret(name) ? shorten(text) : withoutSecrets(text).slice(0, MAX_TEXT)
    }
  }
  return readable
}
