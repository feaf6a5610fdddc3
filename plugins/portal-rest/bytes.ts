/** Bytes that come in pieces, as one. */
export interface Bytes {
  add: (piece: Uint8Array) => void
  size: () => number
  /** The bytes so far; not to be used after `free` */
  all: () => Buffer
  free: () => void
}

const step = 64 * 1024

/**
 * Collects pieces in memory that is freed at once. What is left to the garbage collector adds up while answers come
 * fast, and a piece of one byte may keep a buffer of 64 kilobytes.
 */
export function createBytes (max: number): Bytes {
  const buffer = new ArrayBuffer(0, { maxByteLength: max })
  let size = 0
  return {
    add (piece) {
      const end = size + piece.length
      if (end > buffer.byteLength) buffer.resize(Math.min(max, Math.ceil(end / step) * step))
      new Uint8Array(buffer).set(piece, size)
      size = end
    },
    size: () => size,
    all: () => Buffer.from(buffer, 0, size),
    free () { buffer.transferToFixedLength(0) }
  }
}
