import t from 'tap'
import fc from 'fast-check'
import { clientAddress, clientNetwork, plainAddress } from '../../../src/http/client-address.ts'

await t.test('client address: is an IPv4 address or an IPv6 /64, without a port', async t => {
  for (const [ip, address, network = address] of [
    ['198.51.100.7', '198.51.100.7'],
    ['198.51.100.7:51234', '198.51.100.7'],
    ['[198.51.100.7]:443', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['::FFFF:c633:6407', '198.51.100.7'],
    ['0:0:0:0:0:ffff:198.51.100.7', '198.51.100.7'],
    ['[::ffff:198.51.100.7]:51234', '198.51.100.7'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:DB8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:0db8:0001:0002:0::9', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['[2001:db8:1:2::1]', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['[2001:db8:1:2::1]:51234', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64', '2001:db8:1::/48'],
    // It only looks like IPv4 in the form of IPv6.
    ['1::ffff:198.51.100.7', '1:0:0:0::/64', '1:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
    ['::1', '0:0:0:0::/64', '0:0:0::/48']
  ] as const) {
    t.equal(clientAddress(ip), address, ip)
    t.equal(clientNetwork(ip), network, `the network of ${ip}`)
  }
})

await t.test('client address: all that is none has one key together', async t => {
  const odd = [
    '', 'unknown', '_hidden', '198.51.100', '198.51.100.7:', '198.51.100.7:http', '198.51.100.256', '198.51.100.7:1:2',
    '[::1', '[[::1]]', '2001:db8::1]:80', '::1::', ' 198.51.100.7', 'a'.repeat(100_000)
  ]
  for (const ip of odd) {
    t.equal(clientAddress(ip), 'unknown', ip.slice(0, 30))
    t.equal(clientNetwork(ip), 'unknown')
  }
})

await t.test('client address: no text makes a long key', async t => {
  const anything = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6())
  t.doesNotThrow(() => fc.assert(fc.property(anything, ip => clientAddress(ip).length < 30)))
  t.doesNotThrow(() => fc.assert(fc.property(fc.ipV6(), fc.integer({ min: 0, max: 65_535 }), (ip, port) =>
    clientAddress(`[${ip}]:${port}`) === clientAddress(ip))))
  t.doesNotThrow(() => fc.assert(fc.property(fc.ipV4(), ip => plainAddress(`::ffff:${ip}`) === ip)))
})
