import { randomInt } from 'node:crypto'

// No portal nests its answers deeper.
const maxDepth = 100
// A value takes more than these bytes in an honest answer. Without this limit 4 MB of `{},{},…` are 80 MB of objects.
const bytesOfValue = 16
// Records share their field names. An object whose names are all new takes fifty times its text.
const maxNames = 10_000
// Random, so that nobody outside can choose names that collide.
const multiplier = randomInt(2 ** 31) * 2 + 1

const [quote, backslash, comma, colon, openList, closeList, openObject, closeObject] = Buffer.from('"\\,:[]{}')

/** Counts what JSON text holds, and throws for too much: parsing would spend the memory and the time. */
export function refuseExcess (json: Buffer, maxBytes: number): void {
  const names = new Set<number>()
  const maxValues = maxBytes / bytesOfValue
  let [depth, values] = [0, 0]
  let [start, end] = [0, 0] // of the last text
  for (let at = 0; at < json.length; at++) {
    const char = json[at]
    if (char === quote) {
      start = at + 1
      end = endOfText(json, start)
      at = end
    } else if (char === colon) {
      names.add(hash(json, start, end))
      start = end
    } else if (char === comma) values++
    else if (char === closeList || char === closeObject) depth--
    else if (char === openList || char === openObject) {
      depth++
      values++
    }
    if (depth > maxDepth || values > maxValues || names.size > maxNames) {
      throw new Error('an answer that is nested too deeply, or has too many values or names')
    }
  }
}

function endOfText (json: Buffer, start: number): number {
  let at = start
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1
  return at
}

function hash (json: Buffer, start: number, end: number): number {
  let sum = 0
  for (let at = start; at < end; at++) sum = Math.imul(sum + Number(json[at]) + 1, multiplier)
  return sum
}
