import t from 'tap'
import { portalOrigin } from '../../../src/http/frame.ts'
import { frameQuery, personUrl } from '../../../src/http/urls.ts'

await t.test('frameQuery: names the portal and the language, as a portal does', async t => {
  const rows = [['https://portal.bitrix24.com', '1'], ['http://192.168.1.5:8080', '0']] as const
  for (const [origin, protocol] of rows) {
    const query = Object.fromEntries(new URLSearchParams(frameQuery(origin, 'de')))
    t.strictSame(query, { DOMAIN: new URL(origin).host, PROTOCOL: protocol, LANG: 'de' })
    t.equal(portalOrigin(query['DOMAIN'] ?? '', query['PROTOCOL']), origin)
  }
})

await t.test('personUrl: names a page of the portal', async t => {
  t.equal(personUrl('https://portal.example:8443', 7), 'https://portal.example:8443/company/personal/user/7/')
})
