import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { refuseExcess } from './refuse-excess.ts'

interface ReadOptions {
  /** Content-Encoding of the body */
  encoding: string | string[] | undefined
  /** Bytes at most, as they travel and as they are read */
  maxBytes: number
  /** Called with the size of every piece that is kept */
  keep: (bytes: number) => void
  /** Does what takes long when it is its turn, among all large answers */
  inTurn: <T>(work: () => T) => Promise<T>
}

// Records that are alike are compressed to a fiftieth; what repeats one character, to a thousandth.
const maxRatio = 200
// Bytes that do no harm, whatever they expand to
const few = 64 * 1024
// A piece counts as so many bytes at least: it costs work and memory, however small it is.
const bytesOfPiece = 512

const isNoObject = new Error('an answer that is no JSON object')

/**
 * Reads the answer of a server that is not trusted.
 *
 * @returns a JSON object, or undefined for anything else
 * @throws {Error} when it is too large, nested too deeply, has too many values, or an encoding that was not asked for
 */
export async function readAnswer (body: Readable, options: ReadOptions): Promise<unknown> {
  const bytes = createBytes(options.maxBytes)
  return await readInto(bytes, body, options).finally(bytes.free).catch(error => {
    if (error !== isNoObject) throw error
  })
}

async function readInto (
  bytes: ReturnType<typeof createBytes>, body: Readable, options: ReadOptions
): Promise<unknown> {
  const { encoding = 'identity', maxBytes, keep, inTurn } = options
  const isPacked = encoding === 'gzip'
  let hasBegun = isPacked
  await eachPiece(body, maxBytes, piece => {
    keep(piece.length)
    if (!isPacked && encoding !== 'identity') throw new Error('an answer in an encoding that was not asked for')
    bytes.add(piece)
    hasBegun ||= beginsObject(piece)
    if (!hasBegun && bytes.size() > few) throw new Error('an answer of blanks')
  })
  const size = isPacked ? unpackedSize(bytes.all(), maxBytes) : bytes.size()
  const read = () => isPacked
    ? unpack(bytes.all(), size, json => parse(json, maxBytes))
    : parse(bytes.all(), maxBytes)
  return size > few ? await inTurn(read) : read()
}

/**
 * Collects pieces in memory that is freed at once. What is left to the garbage collector adds up while answers come
 * fast, and a piece of one byte may keep a buffer of 64 kilobytes.
 */
function createBytes (max: number) {
  let buffer = new ArrayBuffer(0, { maxByteLength: max })
  let size = 0
  return {
    add (piece: Uint8Array): void {
      const end = size + piece.length
      if (end > buffer.byteLength) buffer.resize(Math.min(max, Math.ceil(end / few) * few))
      new Uint8Array(buffer).set(piece, size)
      size = end
    },
    size: () => size,
    /** All bytes, once the last was added; not to be used after `free` */
    all (): Buffer {
      // V8 reads memory that may grow ten times as slowly.
      if (buffer.resizable) buffer = buffer.transferToFixedLength(size)
      return Buffer.from(buffer)
    },
    free (): void { buffer.transferToFixedLength(0) }
  }
}

/**
 * Takes every piece of a body, until that throws. Limits the bytes as they travel: an endless answer may hold nothing.
 * By events, as an iterator joins the pieces that have come together, and each has its price.
 */
async function eachPiece (body: Readable, maxBytes: number, take: (piece: Buffer) => void): Promise<void> {
  let left = maxBytes
  body.on('data', function onPiece (piece: Buffer) {
    left -= Math.max(piece.length, bytesOfPiece)
    try {
      if (left < 0) throw new Error(`an answer of more than ${maxBytes} bytes, or in too many pieces`)
      take(piece)
    } catch (error) {
      body.off('data', onPiece).destroy(error as Error) // nothing else is thrown
    }
  })
  await finished(body)
}

/** How many bytes a gzip file says it holds, in its last four. Throws when they are too many. */
function unpackedSize (packed: Buffer, maxBytes: number): number {
  const size = packed.length < 4 ? 0 : packed.readUInt32LE(packed.length - 4)
  if (size > Math.min(maxBytes, few + packed.length * maxRatio)) {
    throw new Error(`an answer of ${size} bytes, out of ${packed.length}`)
  }
  return size
}

/** Decompresses into memory that is freed at once: the decoder of a stream leaves hundreds of buffers behind. */
function unpack<T> (packed: Buffer, size: number, read: (bytes: Buffer) => T): T {
  const bytes = gunzipSync(packed, { chunkSize: few + size, maxOutputLength: size || 1 })
  try {
    return read(bytes)
  } finally {
    // Nobody shares it: Node.js only pools smaller ones.
    (bytes.buffer as ArrayBuffer).transfer(0)
  }
}

/** False while there are only blanks. Throws for what is not an object: a page of HTML is not read to its end. */
function beginsObject (piece: Buffer): boolean {
  // Some servers send a byte order mark, or blanks of a template.
  const start = piece.toString('latin1').replace(/^\xef\xbb\xbf/, '').trimStart()
  if (start !== '' && !start.startsWith('{')) throw isNoObject
  return start !== ''
}

// `__proto__`, or letters of it in escapes that no portal writes.
const dangerous = /__proto__|\\u00[567]/i

function parse (json: Buffer, maxBytes: number): unknown {
  if (!beginsObject(json)) return undefined
  refuseExcess(json, maxBytes)
  // Drops the byte order mark.
  const text = new TextDecoder().decode(json)
  try {
    return JSON.parse(text, dangerous.test(text) ? (key, value) => key === '__proto__' ? undefined : value : undefined)
  } catch {
    return undefined
  }
}
