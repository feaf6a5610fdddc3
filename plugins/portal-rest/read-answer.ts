import { PassThrough, Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, type Gunzip } from 'node:zlib'
import { refuseExcess } from './refuse-excess.ts'

export interface ReadOptions {
  /** Content-Encoding of the body */
  encoding: string | string[] | undefined
  /** Bytes at most, as they travel and as they are read */
  maxBytes: number
  /** Told of every piece that is kept */
  keep: (bytes: number) => void
}

// Records that are alike are compressed to a fiftieth; what repeats one character, to a thousandth.
const maxRatio = 200
// Bytes that are few, whatever is made of them
const few = 64 * 1024

const isNoObject = new Error('an answer that is no JSON object')

/**
 * Reads an answer of a server that is not trusted: a JSON object, whole or not at all.
 * Out: undefined when it is something else. Errors: when it is too large, nested too deeply or has too many values, or is encoded
 * in a way that nobody asked for; those of the stream.
 */
export async function readAnswer (body: Readable, { encoding = 'identity', maxBytes, keep }: ReadOptions): Promise<unknown> {
  const pieces: Buffer[] = []
  const decoder = decoderOf(String(encoding))
  let [size, hasBegun] = [0, false]
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of source) {
      size += piece.length
      const packed = 'bytesWritten' in decoder ? decoder.bytesWritten : size
      if (size > Math.min(maxBytes, few + packed * maxRatio)) throw new Error(`an answer of ${size} bytes or more, out of ${packed}`)
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

/** Out: false while there are blanks only. Throws for what is no object: a page of HTML is not read to its end. */
function beginsObject (piece: Buffer): boolean {
  // Some servers send a byte order mark, or blanks that a template of theirs has left.
  const start = piece.toString('latin1').replace(/^\xef\xbb\xbf/, '').trimStart()
  if (start !== '' && !start.startsWith('{')) throw isNoObject
  return start !== ''
}

/** What an answer without an end has travelled counts, too, when nothing comes out of it. */
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
  return new Transform({ transform: (piece, _, done) => done(new Error('an answer in an encoding that was not asked for')) })
}

// `__proto__`, or letters of it in escapes that no portal writes.
const dangerous = /__proto__|\\u00[567]/i

function parseJson (json: Buffer): unknown {
  // It leaves out the byte order mark.
  const text = new TextDecoder().decode(json)
  try {
    return JSON.parse(text, dangerous.test(text) ? (key, value) => key === '__proto__' ? undefined : value : undefined)
  } catch {
    return undefined
  }
}
