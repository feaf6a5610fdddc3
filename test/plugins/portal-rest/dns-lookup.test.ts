import { createSocket } from 'node:dgram'
import type { LookupAddress } from 'node:dns'
import { once } from 'node:events'
import { isIPv4 } from 'node:net'
import t, { type Test } from 'tap'
import { createDnsLookup } from '../../../plugins/portal-rest/dns-lookup.ts'
import { until } from '../../until.ts'

const types = { 1: isIPv4, 28: (address: string) => !isIPv4(address) }

/** The 4 or 16 bytes of an address; one of version 6 without `::`. */
const bytesOf = (address: string): number[] => isIPv4(address)
  ? address.split('.').map(Number)
  : address.split(':').flatMap(group => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255])

/** The answer of a name server to a question: these addresses, or that there is no such name. */
function answerTo (question: Buffer, addresses: string[] | undefined): Buffer {
  const type = question.readUInt16BE(question.indexOf(0, 12) + 1) as keyof typeof types // nothing else is asked
  const records = (addresses ?? []).filter(types[type]).map(bytesOf).map(bytes =>
    Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes]))
  const end = question.indexOf(0, 12) + 5
  const head = Buffer.from(question.subarray(0, end))
  head.writeUInt16BE(addresses === undefined ? 0x8183 : 0x8180, 2)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt32BE(0, 8)
  return Buffer.concat([head, ...records])
}

/** A lookup at a name server that knows these names, and never answers for mute ones. */
async function lookupFor (t: Test, names: Record<string, string[]>) {
  const asked: string[] = []
  const server = createSocket('udp4').bind(0, '127.0.0.1')
  server.on('message', (question, { port }) => {
    const name = question.toString('latin1', 13, question.indexOf(0, 12)).replace(/[^a-z0-9-]/g, '.')
    asked.push(name)
    const isVersion6 = question.readUInt16BE(question.indexOf(0, 12) + 1) === 28
    const isMute = name === 'mute.example' || (isVersion6 && name === 'mute-for-6.example')
    if (!isMute) server.send(answerTo(question, names[name]), port, '127.0.0.1')
  })
  await once(server, 'listening')
  const { lookup, close } = createDnsLookup([`127.0.0.1:${server.address().port}`])
  t.after(() => {
    close()
    server.close()
  })
  const resolve = (name: string) => new Promise<LookupAddress[]>((resolve, reject) => {
    lookup(name, { all: true }, (error, addresses) => error === null ? resolve(addresses) : reject(error))
  })
  return { resolve, close, asked }
}

await t.test('DNS lookup: finds the addresses of both versions', async t => {
  const v6 = '2a00:1450:4001:82b:0:0:0:200e'
  const { resolve } = await lookupFor(t, {
    'both.example': [v6, '198.51.100.1', '198.51.100.2'], 'four.example': ['198.51.100.3'], 'six.example': [v6]
  })
  const six = { address: '2a00:1450:4001:82b::200e', family: 6 }
  t.strictSame(await resolve('both.example'), [
    { address: '198.51.100.1', family: 4 }, { address: '198.51.100.2', family: 4 }, six
  ])
  t.strictSame(await resolve('four.example'), [{ address: '198.51.100.3', family: 4 }])
  t.strictSame(await resolve('six.example'), [six])
  await t.rejects(resolve('none.example'), { code: 'ENOTFOUND' })
})

await t.test('DNS lookup: a name server that does not answer holds up no other name', async t => {
  const { resolve, close, asked } = await lookupFor(t, { 'well.example': ['198.51.100.1'] })
  const mute = Array.from({ length: 20 }, () => resolve('mute.example').catch(({ code }) => code))
  await until(() => asked.includes('mute.example'))
  const first = await Promise.race([...mute, resolve('well.example')])
  t.strictSame(first, [{ address: '198.51.100.1', family: 4 }])
  close()
  t.strictSame(new Set(await Promise.all(mute)), new Set(['ECANCELLED']))
})

await t.test('DNS lookup: does not wait for addresses of version 6 that a name server never sends', async t => {
  const { resolve, close } = await lookupFor(t, { 'mute-for-6.example': ['198.51.100.1'] })
  const mute = resolve('mute.example').catch(({ code }) => code)
  const first = await Promise.race([mute, resolve('mute-for-6.example')])
  t.strictSame(first, [{ address: '198.51.100.1', family: 4 }])
  close()
  t.equal(await mute, 'ECANCELLED')
})
