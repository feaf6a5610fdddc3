/** A field as a text that can be seen, undefined for none: a portal may answer with another type than its docs say. */
export function textOf (value: unknown): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
  // Characters without width are no text: nobody could click a link that has only those.
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text) ? text : undefined
}
