/**
 * What PHP takes for an array. A list of JavaScript is one, too, and so is a Map, which keeps numbers as keys in their
 * order.
 */
export const isArray = (value: unknown): value is object => typeof value === 'object' && value !== null

/** What is in a PHP array, in its order. */
export const entriesOf = (array: object): Array<[string, unknown]> =>
  array instanceof Map ? [...array] : Object.entries(array)

const HEX: Record<string, string> = {
  '\\"': '\\u0022',
  '/': '\\/',
  '&': '\\u0026',
  '<': '\\u003C',
  '>': '\\u003E',
  "'": '\\u0027',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029'
}

/** A text as Json::encode of the portal writes it: slashes and quotes escaped, letters raw, broken UTF-16 replaced. */
function encodeText (text: string): string {
  // An escaped backslash is matched first, so that the quote after it is not taken for an escaped one.
  return JSON.stringify(text.toWellFormed()).replace(/\\\\|\\"|[/&<>'\u2028\u2029]/g, match => HEX[match] ?? match)
}

/**
 * JSON text of a value the way the portal encodes it. An object or a Map stands for a PHP array: with the keys
 * 0, 1, 2... or none at all it becomes a JSON list.
 */
export function jsonEncode (value: unknown): string {
  if (typeof value === 'string') return encodeText(value)
  if (!isArray(value)) return JSON.stringify(value ?? null)
  const entries = entriesOf(value)
  if (entries.every(([key], index) => key === String(index))) {
    return `[${entries.map(([, item]) => jsonEncode(item)).join(',')}]`
  }
  return `{${entries.map(([key, item]) => `${encodeText(key)}:${jsonEncode(item)}`).join(',')}}`
}

/** What PHP's empty() says. */
export function isEmpty (value: unknown): boolean {
  return !value || value === '0' || (isArray(value) && entriesOf(value).length === 0)
}

/** A value inside a text, as PHP writes it there. */
export function toText (value: unknown): string {
  if (isArray(value)) return 'Array'
  if (typeof value === 'boolean') return value ? '1' : ''
  return String(value ?? '')
}

/**
 * A value the way the portal hands it to its own JavaScript: texts HTML-escaped, numbers as texts, null as an empty
 * text, an empty object as an empty list. It is what getInitData of the frame shows, while the form holds the real one.
 */
export function toPageValue (value: unknown): unknown {
  if (typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(toPageValue)
  if (isArray(value)) {
    const entries = Object.entries(value)
    return entries.length === 0 ? [] : Object.fromEntries(entries.map(([key, item]) => [key, toPageValue(item)]))
  }
  return String(value ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}
