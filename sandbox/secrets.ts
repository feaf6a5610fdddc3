/** Names of fields whose value opens something. */
const NAMES = 'auth|auth_id|refresh_id|app_sid|application_token|access_token|refresh_token|client_secret|sessid'

/** A character as it stands in an address within an address: percent-encoded, perhaps more than once. */
const encoded = (hex: string): string => `%(?:25)*${hex}`
/** The portal writes quotes and ampersands into JSON in this way. */
const escaped = (hex: string): string => `\\\\+u00${hex}`
const QUOTE = `(?:\\\\*["']|${encoded('2[27]')}|${escaped('2[27]')})`
const CLOSING = `(?:\\]|${encoded('5D')})?`
/** A field that was sent several times is a list. */
const INDEX = `(?:(?:\\[|${encoded('5B')})\\d*(?:\\]|${encoded('5D')}))*`

const SECRET = new RegExp(`(?:^|\\[)(?:${NAMES})${CLOSING}${INDEX}$`, 'i')
/** The grant of OAuth. REST has fields of this name, too, in capitals; they stay readable. */
const CODE = new RegExp(`^code${INDEX}$`)
const IN_TEXT = new RegExp(
  `((?:^|[^a-z0-9_]|${encoded('[0-9a-f]{2}')}|${escaped('[0-9a-f]{2}')})(?:${NAMES})` +
  // As in a query or a form, or as in JSON.
  `(?:${CLOSING}${INDEX}(?:=|${encoded('3D')})|${QUOTE}\\s*(?::|${encoded('3A')})\\s*\\[?${QUOTE}?))` +
  // JSON may escape a slash.
  '((?:\\\\+/|[^\\s"\'\\\\&<>#,;{}[\\]])+)', 'gi')

/** Whether the value of such a field opens something, whatever brackets its name stands in. */
export const isSecret = (name: string): boolean => CODE.test(name) || SECRET.test(name)

/** Enough of a secret to recognise it, too little to use it. */
export const shorten = (secret: string): string => secret.length > 8 ? `${secret.slice(0, 4)}…` : '…'

/** A text that may hold a query, a form or JSON, its secrets shortened. */
export const withoutSecrets = (text: string): string =>
  text.replace(IN_TEXT, (_found, before: string, secret: string) => before + shorten(secret))
