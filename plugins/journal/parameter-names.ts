// Of one entry. Enough to recognize a call by, and few enough that it costs nothing.
const maxKeys = 60
const maxDepth = 3
const maxLength = 600

type Params = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Params => typeof value === 'object' && value !== null

/** A name as it is kept. Numbers are often IDs, and long ones tokens: what may be a value is not kept. */
export function nameOf (key: string): string {
  if (/^-?\d+$/.test(key)) return '#'
  const isName = /^[%!@<>=~?*]{0,3}[\w.:[\]-]{1,64}$/.test(key) && !/(?=[^\d]*\d)[\w-]{28,}/.test(key)
  return isName ? key : '…'
}

/** Names of parameters, nested ones as in `filter.ID`, and not more than can be read. No value is among them. */
function * namesIn (params: Params, left: { keys: number }, above = '', depth = 1): Generator<string> {
  for (const key in params) {
    if (left.keys-- <= 0) return
    const name = above + nameOf(key)
    yield name
    const value = params[key]
    // The items of a list are alike.
    const inner = Array.isArray(value) ? value[0] : value
    if (depth < maxDepth && isObject(inner)) yield * namesIn(inner, left, `${name}.`, depth + 1)
  }
}

interface Command { method: string, params: Params }

const joined = (names: Iterable<string>, separator: string): string => {
  const text = [...new Set(names)].join(separator)
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
}

/** Names of the parameters of one call: `filter, filter.ID, select`. */
export const parameterNames = (params: Params): string =>
  joined(namesIn(params, { keys: maxKeys }), ', ')

/** The same for the calls of a batch, each kind of them once: `crm.deal.list(filter, filter.ID); profile`. */
export function batchNames (commands: readonly Command[]): string {
  const left = { keys: maxKeys }
  return joined(commands.map(({ method, params }) => {
    const names = joined(namesIn(params, left), ', ')
    return methodName(method) + (names && `(${names})`)
  }), '; ')
}

/** A method as it is kept: the application may have put anything behind its name. */
export const methodName = (method: string): string => /^[\w.]{1,100}$/.test(method) ? method : '…'
