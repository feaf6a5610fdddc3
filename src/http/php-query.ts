// Query strings by PHP's rules, with which a portal reads the links to applications.
import { unescape } from 'node:querystring'

// PHP's limits: max_input_nesting_level and max_input_vars. What is beyond them is silently lost.
export const maxNesting = 64
export const maxVariables = 1000

export type PhpValue = string | PhpArray | undefined

/** Keeps the order of its keys, as PHP does; a JavaScript object would sort 2, 1 into 1, 2. */
class PhpArray extends Map<string, PhpValue> {
  #nextIndex: bigint | undefined

  /** Without a key the value is appended after the highest index, even a negative one; after 2^63 - 1 it is lost. */
  put (key: string | undefined, value: PhpValue): void {
    const name = key ?? String(this.#nextIndex ?? 0)
    if (isIndex(name)) {
      const next = BigInt(name) + 1n
      if (this.#nextIndex === undefined || next > this.#nextIndex) this.#nextIndex = next
    } else if (key === undefined) {
      return
    }
    this.set(name, value)
  }
}

const isIndex = (key: string): boolean =>
  /^(?:0|-?[1-9]\d{0,18})$/.test(key) && BigInt.asIntN(64, BigInt(key)) === BigInt(key)

/** What PHP makes of the variable `params` of a query string. */
export function readParams (query: string): PhpValue {
  let params: PhpValue
  for (const variable of query.split('&').filter(Boolean).slice(0, maxVariables)) {
    const [name = '', ...value] = variable.split('=')
    const keys = readKeys(decode(name))
    if (!keys) continue
    // PHP forgets the whole variable, not only the key that went too deep.
    params = keys.length > maxNesting ? undefined : place(params, keys, decode(value.join('=')))
  }
  return params
}

/** `params[a][]` gives ['a', undefined]; a name that PHP does not take for `params` gives undefined. */
function readKeys (name: string): Array<string | undefined> | undefined {
  // PHP ends a name at a NUL. An opening bracket that is never closed ends the keys; right after `params` it makes
  // another name of it (params_a).
  const brackets = /^ *params(?=\[[^\]\0]*\]|\0|$)([^\0]*)/.exec(name)?.[1]
  return brackets === undefined
    ? undefined
    : Array.from(brackets.matchAll(/\[(?:[ \t\n\v\f\r]?|([^\]]*))\]/gy), (match) => match[1])
}

function place (into: PhpValue, keys: Array<string | undefined>, value: string): PhpValue {
  if (keys.length === 0) return value
  const [key, ...deeper] = keys
  const array = into instanceof PhpArray ? into : new PhpArray()
  array.put(key, place(key === undefined ? undefined : array.get(key), deeper, value))
  return array
}

/** An array of PHP as data: a list if its keys are 0, 1, 2…, else an object. */
export function toData (value: PhpValue): unknown {
  if (!(value instanceof PhpArray)) return value
  const entries = [...value].map(([key, item]) => [key, toData(item)] as const)
  return entries.every(([key], index) => key === String(index))
    ? entries.map(([, item]) => item)
    : Object.fromEntries(entries.filter(([key]) => key !== '__proto__'))
}

const decode = (text: string): string => unescape(text.replaceAll('+', ' '))
