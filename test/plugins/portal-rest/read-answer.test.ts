import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { readAnswer } from '../../../plugins/portal-rest/read-answer.ts'

const maxBytes = 4 * 1024 * 1024

/** Reads an answer that comes in these pieces; tells what was read, and how many times a turn was asked for. */
async function read (pieces: Buffer[], encoding?: string): Promise<{ json: unknown, turns: number }> {
  let turns = 0
  const json = await readAnswer(Readable.from(pieces, { objectMode: true }), {
    encoding,
    maxBytes,
    keep () {},
    async inTurn (work) {
      turns++
      return work()
    }
  })
  return { json, turns }
}

await t.test('readAnswer: reads a large answer in turn, a small one at once', async t => {
  const small = Buffer.from('{"result":1}')
  const large = Buffer.from(JSON.stringify({ result: [...Array(20_000).keys()] }))
  for (const pack of [undefined, gzipSync]) {
    const encoding = pack && 'gzip'
    t.strictSame(await read([pack?.(small) ?? small], encoding), { json: { result: 1 }, turns: 0 })
    t.match(await read([pack?.(large) ?? large], encoding), { json: { result: { length: 20_000 } }, turns: 1 })
  }
})

await t.test('readAnswer: reads no memory that may grow, which takes ten times as long', async t => {
  const { decode } = TextDecoder.prototype
  const texts: Array<[bytes: number, mayGrow: boolean]> = []
  t.capture(TextDecoder.prototype, 'decode', function (this: TextDecoder, bytes: Buffer<ArrayBuffer>) {
    texts.push([bytes.length, bytes.buffer.resizable])
    return decode.call(this, bytes)
  })
  const answer = Buffer.from('{"result":1}')
  await read([answer])
  await read([gzipSync(answer)], 'gzip')
  t.strictSame(texts, [[12, false], [12, false]])
})

await t.test('readAnswer: rejects an answer in pieces of a few bytes', async t => {
  const text = `{"result":"${'x'.repeat(10_000)}"}`
  t.match(await read([Buffer.from(text)]), { json: { result: /^x/ } })
  for (const bytes of [Buffer.from(text), gzipSync(text, { level: 0 })]) {
    const pieces = Array.from(bytes, byte => Buffer.from([byte]))
    await t.rejects(read(pieces, bytes[0] === 0x1f ? 'gzip' : undefined), /too many pieces/)
  }
})

await t.test('readAnswer: rejects a packed answer of another length', async t => {
  const packed = gzipSync('{"result":1}')
  const saying = (size: number) => {
    const changed = Buffer.from(packed)
    changed.writeUInt32LE(size, packed.length - 4)
    return changed
  }
  t.match(await read([saying(12)], 'gzip'), { json: { result: 1 } })
  for (const size of [0, 11, 13, 2 ** 32 - 1]) await t.rejects(read([saying(size)], 'gzip'), String(size))
  for (const torn of [Buffer.alloc(0), packed.subarray(0, 3), packed.subarray(0, 20)]) {
    await t.rejects(read([torn], 'gzip'))
  }
  t.strictSame(await read([gzipSync('')], 'gzip'), { json: undefined, turns: 0 })
})
