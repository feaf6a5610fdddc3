import type { LookupAddress, LookupOptions } from 'node:dns'
import t from 'tap'
import { publicLookup } from '../../../plugins/portal-rest/public-lookup.ts'

const address = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })

/** What a connection gets to hear for a name with these addresses. */
const lookUp = (addresses: string[], options: LookupOptions = { all: true }, fault: NodeJS.ErrnoException | null = null) => new Promise(resolve => {
  publicLookup((_hostname, _options, callback) => callback(fault, addresses.map(address)))('portal.example.com', options, (error, ...found) => resolve(error ?? found))
})

await t.test('a name is connected to at the addresses that were checked', async t => {
  t.strictSame(await lookUp(['93.184.216.34', '2606:2800:220:1::1']), [[address('93.184.216.34'), address('2606:2800:220:1::1')]])
  t.strictSame(await lookUp(['93.184.216.34'], {}), ['93.184.216.34', 4])
})

await t.test('one private address among those of a name refuses it', async t => {
  const privates = ['10.0.0.5', '127.0.0.1', '169.254.169.254', '::1', 'fd00::1', 'fe80::1%eth0', '::ffff:10.0.0.5', '64:ff9b::a00:5', '64:ff9b:1::a00:5']
  for (const found of privates) {
    t.match(await lookUp([found]), { code: 'B24_ERR_PORTAL_ADDRESS' }, found)
    t.match(await lookUp(['93.184.216.34', found], {}), { code: 'B24_ERR_PORTAL_ADDRESS' }, found)
  }
  t.match(await lookUp([]), { code: 'B24_ERR_PORTAL_ADDRESS' })
})

await t.test('a name that nobody knows stays the fault that it is', async t => {
  t.match(await lookUp([], {}, Object.assign(new Error('not found'), { code: 'ENOTFOUND' })), { code: 'ENOTFOUND' })
})
