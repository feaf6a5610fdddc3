import { BlockList, isIP, isIPv4 } from 'node:net'
import { plainAddress } from './client-address.ts'

/** Names for addresses that nobody outside can have. */
const named: Record<string, readonly string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']
}

const bitsOf = (address: string) => isIPv4(address) ? 32 : 128

/** Whether this is an address, a CIDR, or one of the names `loopback`, `linklocal` and `uniquelocal`. */
export function isNetwork (text: string): boolean {
  if (Object.hasOwn(named, text)) return true
  const [address = '', bits = '1', ...rest] = text.split('/')
  if (isIP(address) === 0 || address.includes('%') || rest.length > 0) return false
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= bitsOf(address)
}

/** Which addresses in X-Forwarded-For are our proxies, with or without a port: for Fastify's option `trustProxy`. */
export function trustedProxies (networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks.flatMap(network => named[network] ?? [network])) {
    const [address = '', bits = bitsOf(address)] = network.split('/')
    list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6')
  }
  return ip => {
    const address = plainAddress(ip)
    return address !== undefined && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  }
}
