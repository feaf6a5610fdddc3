import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findTunnel } from '../../../../sandbox/dev/tunnel/find-tunnel.ts'
import { writeProgram } from '../../../tunnel.ts'

await t.test('find tunnel: takes an https address as it is', t => {
  t.strictSame(findTunnel('https://my.example'), { address: 'https://my.example' })
  t.strictSame(findTunnel('https://my.example:8443/b24/'), { address: 'https://my.example:8443/b24' })
  const refused = { name: 'UsageError', message: /^--tunnel must be an https:\/\/ address [^\n]+\.$/ }
  for (const text of ['http://my.example', 'my.example', 'https://', 'ftp://x', 'https://my.example/?a=1', 'https:']) {
    t.throws(() => findTunnel(text), refused, text)
  }
  t.end()
})

await t.test('find tunnel: takes the first program on PATH, or the named one', t => {
  const [empty, one, other] = [t.testdir({ a: {}, b: {}, c: {} }), 'b', 'c'].map(String)
  const [here, there] = [join(String(empty), String(one)), join(String(empty), String(other))]
  writeProgram(here, 'clo', '')
  writeProgram(there, 'ngrok', '')
  writeProgram(there, 'clo', '')
  mkdirSync(join(here, 'cloudflared'))
  const path = `:${join(String(empty), 'a')}:${here}:${there}:/nowhere`
  t.match(findTunnel('', path), { name: 'ngrok', file: join(there, 'ngrok') }, 'in the order of the documentation')
  t.match(findTunnel('cloudpub', path), { name: 'cloudpub', file: join(here, 'clo') }, 'the first one on PATH')
  writeProgram(there, 'cloudflared', '')
  t.match(findTunnel('', path), { name: 'cloudflared', file: join(there, 'cloudflared') }, 'a folder is no program')
  t.end()
})

await t.test('find tunnel: says in a sentence what is missing', t => {
  const says = (wanted: string, message: string) => {
    t.throws(() => findTunnel(wanted, '/nowhere'), { name: 'UsageError', message })
  }
  const own = 'name an https:// address that leads here: --tunnel https://my.example.'
  says('', `No tunnel program is installed: install cloudflared, ngrok or cloudpub (clo), or ${own}`)
  says('cloudpub', `The program clo is not on PATH: install it, or ${own}`)
  says('ngrock', '--tunnel takes an https:// address, or cloudflared, ngrok or cloudpub; did you mean ngrok?')
  says('xyz', '--tunnel takes an https:// address, or cloudflared, ngrok or cloudpub.')
  t.end()
})
