import t from 'tap'
import { serverOf } from '../../../src/http/server-address.ts'

const global = 'https://oauth.bitrix.info'
const local = 'http://127.0.0.1:8080'

await t.test('serverOf: finds the listed server however an endpoint is written', t => {
  const rows: Array<[endpoint: string, server: string | undefined]> = [
    ['https://oauth.bitrix.info/rest/', global],
    ['https://oauth.bitrix.info/rest', global],
    ['https://oauth.bitrix.info//rest//', global],
    ['http://oauth.bitrix.info/rest/', global],
    ['HTTPS://OAuth.Bitrix.Info/REST/', global],
    ['https://oauth.bitrix.info:443/rest/', global],
    ['http://oauth.bitrix.info:80/rest/', global],
    ['http://oauth.bitrix.info:443/rest/', global],
    [' https://oauth.bitrix.info/rest/ ', global],
    ['http://127.0.0.1:8080/rest/', local],
    ['https://oauth.bitrix.info:8443/rest/', undefined],
    ['http://127.0.0.1/rest/', undefined],
    ['https://oauth.bitrix.info/', undefined],
    ['https://oauth.bitrix.info/rest/x', undefined],
    ['https://oauth.bitrix.info.evil.example/rest/', undefined],
    ['https://oauth.bitrix.info@evil.example/rest/', undefined],
    ['oauth.bitrix.info/rest/', undefined],
    ['data:/rest/', undefined],
    ['rest', undefined],
    ['', undefined]
  ]
  for (const [endpoint, server] of rows) t.equal(serverOf(endpoint, [local, global]), server, endpoint)
  t.equal(
    serverOf('http://oauth.example/rest/', ['https://OAuth.example']), 'https://OAuth.example', 'as the list has it'
  )
  t.equal(serverOf('https://oauth.bitrix.info/rest/', ['no address', '']), undefined)
  t.end()
})
