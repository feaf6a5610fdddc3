import type { CarriedParams } from './screen.ts'

/** A value in the one form in which it is signed and measured. */
type Canonical = string | Canonical[] | CarriedParams

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null
const compare = (a: string, b: string) => Number(a > b) - Number(a < b)

/**
 * Text at every leaf and the keys of objects in one order: programs that pass a link on sort its parameters, and openApplication
 * brings numbers. An object with the keys 0…n-1 is a list, as it is to PHP; the order of a list counts.
 */
export function canonical (value: unknown): Canonical {
  if (!isContainer(value)) return String(value)
  const entries = Object.entries(value) // whole numbers come first, in ascending order
  if (entries.every(([key], index) => key === String(index))) return entries.map(([, item]) => canonical(item))
  return canonicalParams(value)
}

/** The same for all parameters of a link: an object, whatever its keys. */
export const canonicalParams = (params: object): CarriedParams =>
  Object.fromEntries(Object.entries(params).sort(([a], [b]) => compare(a, b)).map(([key, item]) => [key, canonical(item)]))

const encodedLength = (text: string) => encodeURIComponent(text.toWellFormed()).length
const brackets = '%5B%5D'.length

/** In: parameters in canonical form. Out: how many characters they take in the query of a link, at least. */
export const lengthInLink = (params: CarriedParams): number => lengthBelow(params, 'params'.length)

/** No name is put together: a few kilobytes of nested keys would make gigabytes of them. */
function lengthBelow (value: unknown, nameLength: number): number {
  if (!isContainer(value)) return nameLength + '=&'.length + encodedLength(String(value))
  const lengths = Object.entries(value).map(([key, item]) => lengthBelow(item, nameLength + brackets + encodedLength(key)))
  return lengths.length === 0 ? nameLength : lengths.reduce((sum, length) => sum + length)
}
