import Fastify from 'fastify'
import t from 'tap'
import { trustedProxies } from '../../../src/http/trusted-proxies.ts'

await t.test('trustedProxies: knows a proxy with or without a port', async t => {
  for (const [networks, trusted, strange] of [
    [['192.0.2.1'], ['192.0.2.1', '192.0.2.1:443', '::ffff:192.0.2.1', '[::ffff:192.0.2.1]:443'], [
      '192.0.2.2', '2001:db8::1'
    ]],
    [['10.0.0.0/8', '2001:db8::/32'], ['10.255.0.1', '2001:db8:1::1', '[2001:db8:1::1]:80'], [
      '11.0.0.1', '2001:db9::1', '::1'
    ]],
    [['2001:db8::1'], ['2001:0db8:0:0::1'], ['2001:db8::2']],
    [['loopback'], ['127.0.0.1', '127.255.255.255', '::1'], ['10.0.0.1', '128.0.0.1', '169.254.0.1', '::2']],
    [['linklocal'], ['169.254.0.1', '169.254.255.255', 'fe80::1', 'fe80::1%eth0', 'febf::1'], [
      '127.0.0.1', '169.255.0.1', 'fd00::1', 'fec0::1'
    ]],
    [['uniquelocal'], ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.255.255', 'fd00::1'], [
      '11.0.0.1', '172.15.0.1', '172.32.0.1', '192.0.2.1', '192.169.0.1', '127.0.0.1', '2001:db8::1', 'fe00::1'
    ]]
  ] as Array<[string[], string[], string[]]>) {
    const isTrusted = trustedProxies(networks)
    for (const ip of trusted) t.equal(isTrusted(ip), true, `${networks}: ${ip}`)
    for (const ip of [...strange, '', 'unknown', 'a'.repeat(10_000)]) {
      t.equal(isTrusted(ip), false, `${networks}: ${ip.slice(0, 20)}`)
    }
  }
})

await t.test('trustedProxies: make the address before the outermost the client', async t => {
  const app = Fastify({ trustProxy: trustedProxies(['uniquelocal', '127.0.0.1']) })
  t.after(() => app.close())
  app.get('/', async request => request.ip)
  for (const [forwarded, ip] of [
    ['198.51.100.7', '198.51.100.7'],
    ['10.1.1.1, 192.0.2.5, 198.51.100.7', '198.51.100.7'],
    ['198.51.100.7:51234', '198.51.100.7:51234'],
    ['198.51.100.7:51234, 172.18.0.2:443', '198.51.100.7:51234'],
    ['198.51.100.7, ::ffff:10.0.0.2, [fd00::2]:443', '198.51.100.7'],
    ['198.51.100.7, unknown', 'unknown']
  ] as const) t.equal((await app.inject({ url: '/', headers: { 'x-forwarded-for': forwarded } })).body, ip, forwarded)
})
