import { randomInt } from 'node:crypto'
import { PassThrough, Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, type Gunzip } from 'node:zlib'

export interface ReadOptions {
  /** Content-Encoding of the body */
  encoding: string | string[] | undefined
  /** Bytes at most, as they travel and as they are read */
  maxBytes: number
  /** Called with the size of every piece that is kept */
  keep: (bytes: number) => void
}

// Records that are alike are compressed to a fiftieth; what repeats one character, to a thousandth.
const maxRatio = 200
// Bytes that do no harm, whatever they expand to
const few = 64 * 1024

const isNoObject = new Error('an answer that is no JSON object')

/**
 * Reads the answer of a server that is not trusted.
 *
 * @returns a JSON object, or undefined for anything else
 * @throws {Error} when it is too large, nested too deeply, has too many values, or an encoding that was not asked for
 */
export async function readAnswer (body: Readable, options: ReadOptions): Promise<unknown> {
  const { encoding = 'identity', maxBytes, keep } = options
  const pieces: Buffer[] = []
  const decoder = decoderOf(String(encoding))
  let [size, hasBegun] = [0, false]
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of source) {
      size += piece.length
      const packed = 'bytesWritten' in decoder ? decoder.bytesWritten : size
      if (size > Math.min(maxBytes, few + packed * maxRatio)) {
        throw new Error(`an answer of ${size} bytes or more, out of ${packed}`)
      }
      hasBegun ||= beginsObject(piece)
      if (!hasBegun && size > few) throw new Error('an answer of blanks')
      keep(piece.length)
      pieces.push(piece)
    }
  }
  try {
    await pipeline(body, limitTo(maxBytes), decoder, collect)
  } catch (error) {
    if (error === isNoObject) return undefined
    throw error
  }
  const json = Buffer.concat(pieces, size)
  refuseExcess(json, maxBytes)
  return parseJson(json)
}

/** False while there are only blanks. Throws for what is no object, so that a page of HTML is not read to its end. */
function beginsObject (piece: Buffer): boolean {
  // Some servers send a byte order mark, or blanks of a template.
  const start = piece.toString('latin1').replace(/^\xef\xbb\xbf/, '').trimStart()
  if (start !== '' && !start.startsWith('{')) throw isNoObject
  return start !== ''
}

/** Limits the bytes as they travel: an endless answer may decompress to nothing. */
const limitTo = (maxBytes: number) => async function * (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = maxBytes
  for await (const piece of source) {
    left -= piece.length
    if (left < 0) throw new Error(`an answer of more than ${maxBytes} bytes`)
    yield piece
  }
}

function decoderOf (encoding: string): Transform | Gunzip {
  if (encoding === 'identity') return new PassThrough()
  if (encoding === 'gzip') return createGunzip()
  const error = new Error('an answer in an encoding that was not asked for')
  return new Transform({ transform: (_piece, _, done) => done(error) })
}

// `__proto__`, or letters of it in escapes that no portal writes.
const dangerous = /__proto__|\\u00[567]/i

function parseJson (json: Buffer): unknown {
  // Drops the byte order mark.
  const text = new TextDecoder().decode(json)
  try {
    return JSON.parse(text, dangerous.test(text) ? (key, value) => key === '__proto__' ? undefined : value : undefined)
  } catch {
    return undefined
  }
}

// No portal nests its answers deeper.
const maxDepth = 100
// A value takes more than these bytes in an honest answer. Without this limit 4 MB of `{},{},…` are 80 MB of objects.
const bytesOfValue = 16
// Records share their field names. An object whose names are all new takes fifty times its text.
const maxNames = 10_000
// Random, so that nobody outside can choose names that collide.
const multiplier = randomInt(2 ** 31) * 2 + 1

const [quote, backslash, comma, colon, openList, closeList, openObject, closeObject] = Buffer.from('"\\,:[]{}')

/** Counts what JSON text holds before it is parsed, which would spend the memory and the time. */
function refuseExcess (json: Buffer, maxBytes: number): void {
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
