/** Names of fields whose value opens something. */
const NAMES = 'auth|auth_id|refresh_id|app_sid|application_token|access_token|refresh_token|client_secret|sessid'

// Every repetition has an end: texts come from outside, and a pattern that tries again at each backslash takes minutes.
/** A character as it stands in an address within an address: percent-encoded, perhaps more than once. */
const encoded = (hex: string): string => `%(?:25){0,16}${hex}`
/** The portal writes quotes and ampersands into JSON in this way. */
const escaped = (hex: string): string => `\\\\{1,64}u00${hex}`
const QUOTE = `(?:\\\\{0,64}["']|${encoded('2[27]')}|${escaped('2[27]')})`
const CLOSING = `(?:\\]|${encoded('5D')})?`
/** A field that was sent several times is a list. */
const INDEX = `(?:(?:\\[|${encoded('5B')})\\d*(?:\\]|${encoded('5D')}))*`

const SECRET = new RegExp(`(?:^|\\[)(?:${NAMES})${CLOSING}${INDEX}$`, 'i')
/** The grant of OAuth. REST has fields of this name, too, in capitals; they stay readable. */
const CODE = new RegExp(`^code${INDEX}$`)
const IN_TEXT = new RegExp(
  `((?:^|[^a-z0-9_]|${encoded('[0-9a-f]{2}')}|${escaped('[0-9a-f]{2}')})(?:${NAMES})` +
  // As in a query or a form, or as in JSON.
  `(?:${CLOSING}${INDEX}(?:=|${encoded('3D')})|${QUOTE}\\s{0,16}(?::|${encoded('3A')})\\s{0,16}${QUOTE}?))` +
  // A list of JSON is secret as a whole; JSON may escape a slash.
  '(\\[(?:[^\\]{}]|\\](?=\\s{0,16},\\s{0,16}\\[))*|(?:\\\\{1,64}/|[^\\s"\'\\\\&<>#,;{}[\\]])+)', 'gi')
/** What stands between the quotes and commas of a list. */
const IN_LIST = /[^\s"'\\,[\]]+/g
/**
 * Tokens of the sandbox, also where nothing says that they are some. A percent code before one may look like its
 * beginning.
 */
const TOKEN = /(?<![0-9a-f])[0-9a-f]{70,}/gi

/** Whether the value of such a field opens something, whatever brackets its name stands in. */
export const isSecret = (name: string): boolean => CODE.test(name) || SECRET.test(name)

/** Enough of a secret to recognise it, too little to use it. */
export const shorten = (secret: string): string => secret.length > 8 ? `${secret.slice(0, 4)}…` : '…'

/**
 * A text that may hold a query, a form or JSON, its secrets shortened: tokens and `known` values wherever they stand,
 * others by the names of their fields. It ends after `longest` characters; no secret is cut in two there.
 */
export function withoutSecrets (text: string, known: Iterable<string> = [], longest = Infinity): string {
  let readable = text.replace(TOKEN, shorten)
  for (const secret of known) readable = readable.replaceAll(secret, shorten(secret))
  return readable.slice(0, longest).replace(IN_TEXT, (_found, before: string, secret: string) =>
    before + (secret.startsWith('[') ? secret.replace(IN_LIST, shorten) : shorten(secret)))
}
