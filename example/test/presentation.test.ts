import t from 'tap'
import { byteSize, kindOf, presentationHeaders } from '../screens/document/presentation.ts'

await t.test('presentationHeaders: show only what cannot run anything', async t => {
  const rows: Array<[type: string, kind: string, contentType: string, disposition: string]> = [
    ['image/png', 'image', 'image/png', 'inline'],
    ['application/pdf', 'pdf', 'application/pdf', 'inline'],
    ['text/csv', 'text', 'text/plain; charset=utf-8', 'inline'],
    ['application/json', 'text', 'text/plain; charset=utf-8', 'inline'],
    ['text/html', 'page', 'application/octet-stream', 'attachment'],
    ['image/svg+xml', 'file', 'application/octet-stream', 'attachment'],
    ['application/xhtml+xml', 'file', 'application/octet-stream', 'attachment'],
    ['text/javascript', 'file', 'application/octet-stream', 'attachment'],
    ['constructor', 'file', 'application/octet-stream', 'attachment']
  ]
  for (const [type, kind, contentType, disposition] of rows) {
    t.equal(kindOf(type), kind)
    const headers = presentationHeaders(type, 'a', false)
    t.match(headers, { 'content-type': contentType, 'content-disposition': `${disposition};` })
    t.match(headers['content-security-policy'], kind === 'pdf' ? "default-src 'none'" : "sandbox; default-src 'none'")
    t.match(presentationHeaders(type, 'a', true)['content-disposition'], 'attachment;')
  }
})

await t.test('presentationHeaders: keep the encoding of a text', async t => {
  t.equal(
    presentationHeaders('text/csv', 'a', false, 'windows-1251')['content-type'], 'text/plain; charset=windows-1251'
  )
})

await t.test('presentationHeaders: encode any name', async t => {
  const rows = [
    ['spring (1)*.pdf', 'spring%20%281%29%2A.pdf'], ['План"\r\n', '%D0%9F%D0%BB%D0%B0%D0%BD%22%0D%0A'],
    ["it's \ud800", 'it%27s%20%EF%BF%BD']
  ]
  for (const [name = '', encoded] of rows) {
    t.equal(presentationHeaders('image/png', name, false)['content-disposition'], `inline; filename*=UTF-8''${encoded}`)
  }
})

await t.test('byteSize: writes sizes as people read them', async t => {
  const rows: Array<[bytes: number, tag: string, text: string]> = [
    [0, 'en', '0 B'], [226, 'de', '226 B'], [999, 'ru', '999 Б'], [1000, 'en', '1 kB'], [226, 'ar', '226 ب'],
    [1_550_000, 'de', '1,6 MB'], [5_000_000_000, 'en', '5 GB'], [2e16, 'en', '20,000 TB']
  ]
  for (const [bytes, tag, text] of rows) t.equal(byteSize(bytes, tag).replace(/\s/g, ' '), text)
})
