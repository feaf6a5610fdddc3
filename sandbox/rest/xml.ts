import { entriesOf, isArray, toText } from '../php.ts'

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

const escape = (text: string): string => text.replace(/[&<>"']/g, match => ESCAPES[match] ?? match)

/** The value of a REST answer as XML of the portal: each key is an element, each member of a list is an `item`. */
export function xmlEncode (value: unknown): string {
  if (!isArray(value)) return escape(toText(value))
  return entriesOf(value).map(([key, item]) => {
    const name = /^\d+$/.test(key) ? 'item' : key
    return `<${name}>${xmlEncode(item)}</${name}>`
  }).join('')
}
