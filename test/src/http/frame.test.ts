import t from 'tap'
import { isPrivateHost, portalOrigin, postedFrame } from '../../../src/http/frame.ts'

t.test('postedFrame: reads text from the query string, else from the body', async t => {
  const rows: Array<[query: unknown, body: unknown, origin: string | null]> = [
    [{ DOMAIN: 'query.example' }, { DOMAIN: 'body.example' }, 'https://query.example'],
    [{ DOMAIN: 'query.example' }, { DOMAIN: 'body.example', PROTOCOL: '0' }, 'http://query.example'],
    [{}, { DOMAIN: 'body.example' }, 'https://body.example'],
    [{ DOMAIN: ['a', 'b'] }, undefined, null],
    [{ DOMAIN: { toString: 'a' } }, { DOMAIN: 7 }, null],
    [undefined, null, null],
    [Object.create(null), 'DOMAIN=a', null]
  ]
  for (const [query, body, origin] of rows) {
    t.equal(postedFrame({ query, body }).origin, origin, JSON.stringify({ query, body }))
  }
})

t.test('postedFrame: tells private addresses, and takes none for one', async t => {
  const rows: Array<[domain: string | undefined, isPrivate: boolean]> = [
    ['portal.example', false], ['localhost:3000', true], ['10.0.0.5', true], ['no host', true], [undefined, true]
  ]
  for (const [DOMAIN, isPrivate] of rows) {
    t.equal(postedFrame({ query: { DOMAIN }, body: {} }).isPrivate, isPrivate, String(DOMAIN))
  }
})

t.test('postedFrame: gives LANG in lower case, English for no code', async t => {
  const rows: Array<[lang: unknown, expected: string]> = [
    ['de', 'de'], ['LA', 'la'], ['xyz', 'xyz'],
    [undefined, 'en'], ['', 'en'], ['d', 'en'], ['de-DE', 'en'], ['<b>', 'en'], ['de\n', 'en'], [['de', 'en'], 'en']
  ]
  for (const [lang, expected] of rows) {
    t.equal(postedFrame({ query: { LANG: lang }, body: undefined }).lang, expected, JSON.stringify(lang))
  }
})

t.test("postedFrame: without LANG gives the browser's language", async t => {
  const rows: Array<[acceptLanguage: string | undefined, lang: string]> = [
    ['de-DE,de;q=0.9,en;q=0.8', 'de'], ['JA', 'ja'], ['es', 'la'], ['pt-BR', 'br'],
    ['zh-TW,zh;q=0.9', 'tc'], ['zh-hant-HK', 'tc'], ['zh-CN', 'sc'], ['zh-Hans-HK', 'sc'], ['zh', 'sc'],
    ['en;q=0.2, DE ; q=0.8', 'de'], ['de;q=0, fr', 'fr'], [',, uk;q=abc', 'ua'], ['de;q=0..1, ja;q=0.1', 'ja'],
    ['*', 'en'], ['english', 'en'], [undefined, 'en']
  ]
  for (const [acceptLanguage, lang] of rows) {
    const headers = acceptLanguage === undefined ? {} : { 'accept-language': acceptLanguage }
    t.equal(postedFrame({ query: {}, body: undefined, headers }).lang, lang, String(acceptLanguage))
    t.equal(postedFrame({ query: { LANG: 'fr' }, body: undefined, headers }).lang, 'fr', String(acceptLanguage))
  }
})

t.test('postedFrame: without LANG gives all languages of the browser: texts may be in a later one', async t => {
  const frame = (query: object) =>
    postedFrame({ query, body: undefined, headers: { 'accept-language': 'sv-SE,pt;q=0.9,zh-TW;q=0.8' } })
  t.strictSame(frame({}).langs, ['sv', 'br', 'tc'])
  t.strictSame(frame({ LANG: 'DE' }).langs, ['de'])
})

t.test('portal origin: is made of a host with an optional port', async t => {
  const rows: Array<[domain: string, protocol: string | undefined, expected: string]> = [
    ['portal.bitrix24.com', '1', 'https://portal.bitrix24.com'],
    ['portal.bitrix24.com', undefined, 'https://portal.bitrix24.com'],
    ['portal.bitrix24.com', 'http', 'https://portal.bitrix24.com'],
    ['portal.bitrix24.com', '0', 'http://portal.bitrix24.com'],
    ['Portal.Bitrix24.COM.br', '1', 'https://portal.bitrix24.com.br'],
    ['xn--e1afmkfd.xn--p1ai', '1', 'https://xn--e1afmkfd.xn--p1ai'],
    ['XN--E1AFMKFD.xn--p1ai:8443', '1', 'https://xn--e1afmkfd.xn--p1ai:8443'],
    ['portal.example.', '1', 'https://portal.example.'],
    ['portal.example.:8443', '1', 'https://portal.example.:8443'],
    ['b24_test.example', '1', 'https://b24_test.example'],
    ['_b24_.my_firm.example:8080', '0', 'http://_b24_.my_firm.example:8080'],
    ['portal.example:8443', '1', 'https://portal.example:8443'],
    ['portal.example:443', '1', 'https://portal.example'],
    ['portal.example:80', '0', 'http://portal.example'],
    ['portal.example:443', '0', 'http://portal.example:443'],
    ['192.0.2.7:8080', '0', 'http://192.0.2.7:8080'],
    ['localhost:3000', '0', 'http://localhost:3000'],
    [`${'a'.repeat(63)}.example`, '1', `https://${'a'.repeat(63)}.example`],
    [`${'a.'.repeat(126)}a.:65535`, '1', `https://${'a.'.repeat(126)}a.:65535`]
  ]
  for (const [domain, protocol, expected] of rows) t.equal(portalOrigin(domain, protocol), expected, domain)
})

t.test('portal origin: is missing without a proper host', async t => {
  const rows = [
    '', ' ', '.', 'portal.example..', '.portal.example', 'portal..example', '-portal.example', 'portal-.example',
    'user@portal.example', 'user:pass@portal.example', 'portal.example/path', 'portal.example?query', 'portal.example#',
    'https://portal.example', '//portal.example', 'portal.example\\', 'portal.example ', ' portal.example',
    'portal.example\r\nX-Header: 1', 'portal.example\n', 'portal.example\0', 'portal.example;',
    'portal.example,other.example',
    "'self'", '"portal.example"', '*', '*.example', 'portal.*', 'xn--.example', 'пример.рф', 'portal。example',
    'portal.example:', 'portal.example:0', 'portal.example:080', 'portal.example:65536', 'portal.example:999999',
    'portal.example:1:2',
    '[::1]', '::1', '256.1.1.1', '1.2.3.4.5', '0x7f000001', '0x7f.1', '2130706433', '127.1', '0177.0.0.1',
    `${'a'.repeat(64)}.example`, `${'a.'.repeat(124)}example`, `${'a.'.repeat(128)}:8443`,
    '127.0.0.1.', `${'a'.repeat(130_000)}.example`
  ]
  for (const domain of rows) t.equal(portalOrigin(domain, '1'), undefined, JSON.stringify(domain))
})

t.test('isPrivateHost: tells this machine and private networks from public', async t => {
  const rows: Record<string, boolean> = {
    'portal.bitrix24.com': false,
    'localhost.example': false,
    'mylocal.example': false,
    'notlocalhost.com': false,
    'internal.example.com': false,
    '8.8.8.8': false,
    '172.15.0.1': false,
    '172.32.0.1': false,
    '100.63.255.255': false,
    '100.128.0.1': false,
    '[2606:4700::1111]': false,
    '2606:4700::1111': false,
    localhost: true,
    'LOCALHOST.': true,
    'a.localhost': true,
    'printer.local': true,
    'printer.local.': true,
    'db.internal': true,
    'b24.lan': true,
    'b24.corp': true,
    'home.arpa': true,
    'nas.home.arpa': true,
    'b24.intranet.': true,
    'b24.private': true,
    'b24.home': true,
    'b24.test': true,
    'lan.example.com': false,
    'home.com': false,
    '64:ff9b::808:808': true,
    '3fff::1': true,
    intranet: true,
    '0.0.0.0': true,
    '0.1.2.3': true,
    '10.255.0.1': true,
    '100.64.0.1': true,
    '127.0.0.1': true,
    '127.255.255.255': true,
    '169.254.169.254': true,
    '172.16.0.1': true,
    '172.31.255.255': true,
    '192.168.1.1': true,
    '198.18.0.1': true,
    '224.0.0.1': true,
    '255.255.255.255': true,
    2130706433: true,
    '0x7f000001': true,
    '0x7f.1': true,
    127.1: true,
    '0177.0.0.01': true,
    '127.0.0.1.': true,
    '127.0.0.1:8080': true,
    '[::1]': true,
    '::1': true,
    '[::1]:8080': true,
    '::': true,
    'fd00::1': true,
    'fe80::1': true,
    'ff02::1': true,
    '::ffff:10.0.0.1': true,
    '::ffff:8.8.8.8': true,
    '::127.0.0.1': true,
    '64:ff9b::a00:1': true,
    '2002:a00:1::': true,
    '2001:db8::1': true,
    '': true,
    'a b': true,
    '256.256.256.256': true
  }
  for (const [host, expected] of Object.entries(rows)) t.equal(isPrivateHost(host), expected, JSON.stringify(host))
})
