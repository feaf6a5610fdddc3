/** A field as a text of more than blanks: a portal may answer with another type than its docs say. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() || undefined : undefined
