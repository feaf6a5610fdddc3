import type { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { createBytes, type Bytes } from './bytes.ts'
import { refuseExcess } from './refuse-excess.ts'

export interface ReadOptions {
  /** Content-Encoding of the body */
  encoding: string | string[] | undefined
  /** Bytes at most, as they travel and as they are read */
  maxBytes: number
  /** Told of every piece that is kept */
  keep: (bytes: number) => void
  /** Does what takes long when it is its turn, among all answers that are large */
  inTurn: <T>(work: () => T) => Promise<T>
}

// Records that are alike are compressed to a fiftieth; what repeats one character, to a thousandth.
const maxRatio = 200
// Bytes that are few, whatever is made of them
const few = 64 * 1024
// A piece counts as so many bytes at least: it costs work and memory, however small it is.
const bytesOfPiece = 512

const isNoObject = new Error('an answer that is no JSON object')

/**
 * Reads an answer of a server that is not trusted: a JSON object, whole or not at all.
 * Out: undefined when it is something else. Errors: when it is too large, nested too deeply or has too many values, or is encoded
 * in a way that nobody asked for; those of the stream.
 */
export async function readAnswer (body: Readable, options: ReadOptions): Promise<unknown> {
  const bytes = createBytes(options.maxBytes)
  return await readInto(bytes, body, options).finally(bytes.free).catch(error => {
    if (error !== isNoObject) throw error
  })
}

async function readInto (bytes: Bytes, body: Readable, { encoding = 'identity', maxBytes, keep, inTurn }: ReadOptions): Promise<unknown> {
  const isPacked = encoding === 'gzip'
  let hasBegun = isPacked
  for await (const piece of limited(body, maxBytes, keep)) {
    if (!isPacked && encoding !== 'identity') throw new Error('an answer in an encoding that was not asked for')
    bytes.add(piece)
    hasBegun ||= beginsObject(piece)
    if (!hasBegun && bytes.size() > few) throw new Error('an answer of blanks')
  }
  const size = isPacked ? unpackedSize(bytes.all(), maxBytes) : bytes.size()
  const read = () => isPacked ? unpack(bytes.all(), size, json => parse(json, maxBytes)) : parse(bytes.all(), maxBytes)
  return size > few ? await inTurn(read) : read()
}

/** What an answer without an end has brought counts, too, when nothing is made of it. */
async function * limited (body: Readable, maxBytes: number, keep: ReadOptions['keep']): AsyncGenerator<Buffer> {
  let left = maxBytes
  for await (const piece of body) {
    left -= Math.max(piece.length, bytesOfPiece)
    if (left < 0) throw new Error(`an answer of more than ${maxBytes} bytes, or in too many pieces`)
    keep(piece.length)
    yield piece
  }
}

/** How many bytes it becomes: the last four say so. Errors: it would be too many. */
function unpackedSize (packed: Buffer, maxBytes: number): number {
  const size = packed.length < 4 ? 0 : packed.readUInt32LE(packed.length - 4)
  if (size > Math.min(maxBytes, few + packed.length * maxRatio)) throw new Error(`an answer of ${size} bytes, out of ${packed.length}`)
  return size
}

/** Unpacks at one go, into memory that is given back at once: a decoder of a stream leaves hundreds of buffers behind. */
function unpack<T> (packed: Buffer, size: number, read: (bytes: Buffer) => T): T {
  const bytes = gunzipSync(packed, { chunkSize: few + size, maxOutputLength: size || 1 })
  try {
    return read(bytes)
  } finally {
    // Nobody shares it: Node.js divides smaller ones only.
    (bytes.buffer as ArrayBuffer).transfer(0)
  }
}

/** Out: false while there are blanks only. Throws for what is no object: a page of HTML is not read to its end. */
function beginsObject (piece: Buffer): boolean {
  // Some servers send a byte order mark, or blanks that a template of theirs has left.
  const start = piece.toString('latin1').replace(/^\xef\xbb\xbf/, '').trimStart()
  if (start !== '' && !start.startsWith('{')) throw isNoObject
  return start !== ''
}

// `__proto__`, or letters of it in escapes that no portal writes.
const dangerous = /__proto__|\\u00[567]/i

function parse (json: Buffer, maxBytes: number): unknown {
  if (!beginsObject(json)) return undefined
  refuseExcess(json, maxBytes)
  // It leaves out the byte order mark.
  const text = new TextDecoder().decode(json)
  try {
    return JSON.parse(text, dangerous.test(text) ? (key, value) => key === '__proto__' ? undefined : value : undefined)
  } catch {
    return undefined
  }
}
