import { ConfigError } from 'fastify-bitrix24'
import t from 'tap'
import { readOrigins } from '../screens/document/origins.ts'
import { startService } from './service.ts'

const publicUrl = 'https://widgets.example/b24'

await t.test('DOCUMENT_ORIGINS: names servers, perhaps none', t => {
  const rows: Array<[text: string | undefined, origins: string[]]> = [
    [undefined, []], ['', []], ['https://a.example', ['https://a.example']],
    [' https://a.example/ , https://b.example:8443', ['https://a.example', 'https://b.example:8443']]
  ]
  for (const [text, origins] of rows) {
    t.strictSame(readOrigins(text, { allowInsecurePortals: false, publicUrl }), origins)
  }
  t.strictSame(readOrigins('http://a.example', { allowInsecurePortals: true, publicUrl }), ['http://a.example'])
  t.end()
})

await t.test('DOCUMENT_ORIGINS: says what is wrong without the value', t => {
  const addresses = 'must be https:// addresses without a path, separated by commas'
  const rows = [
    ['x7x7', addresses], ['http://x7x7.example', addresses], ['https://x7x7.example/path', addresses],
    ['https://u:p@x7x7.example', addresses], ['https://widgets.example', 'must be other servers than this one']
  ] as const
  for (const [text, message] of rows) {
    const read = () => readOrigins(text, { allowInsecurePortals: false, publicUrl })
    t.throws(read, new ConfigError(`DOCUMENT_ORIGINS: ${message}`), text)
  }
  t.end()
})

await t.test('DOCUMENT_ORIGINS: ends the start when it is wrong', async t => {
  await t.rejects(startService(t, { documents: 'nonsense' }), { message: /^DOCUMENT_ORIGINS: / })
})
