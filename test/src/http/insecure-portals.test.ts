import t from 'tap'
import { allowsInsecure, isPermitted, readInsecurePortals } from '../../../src/http/insecure-portals.ts'

await t.test('insecure portals: a list lets through the hosts that it names only', async t => {
  const portals = readInsecurePortals('B24.example.lan, 10.0.0.5:8080,*.branch.lan,plain.lan:80,localhost')
  const rows: Array<[url: string, isAllowed: boolean]> = [
    ['http://b24.example.lan', true],
    ['https://b24.example.lan:8443', true],
    ['http://other.example.lan', false],
    ['http://b24.example.lan.evil.example', false],
    ['http://10.0.0.5:8080', true],
    ['http://10.0.0.5', false],
    ['http://a.b.branch.lan', true],
    ['http://branch.lan', false],
    ['http://evilbranch.lan', false],
    ['http://plain.lan', true],
    ['https://plain.lan', false],
    ['http://localhost:3000', true]
  ]
  for (const [url, isAllowed] of rows) t.equal(allowsInsecure(portals ?? false, new URL(url)), isAllowed, url)
})

await t.test('insecure portals: the setting is a switch or hosts', async t => {
  t.equal(readInsecurePortals('true'), true)
  t.equal(readInsecurePortals('false'), false)
  for (const text of ['yes', '', 'true,b24.lan', 'b24.lan,', 'http://b24.lan', 'b24.lan/rest', '*', '*.']) t.equal(readInsecurePortals(text), undefined, text)
})

await t.test('insecure portals: others need https and a public name', async t => {
  const rows: Array<[url: string, isFine: boolean]> = [
    ['https://portal.bitrix24.com/rest/', true],
    ['http://portal.bitrix24.com/rest/', false],
    ['https://10.0.0.5/rest/', false],
    ['http://b24.lan/rest/', true]
  ]
  for (const [url, isFine] of rows) t.equal(isPermitted(['b24.lan'], new URL(url)), isFine, url)
})
