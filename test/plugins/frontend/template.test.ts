import t from 'tap'
import { createTemplate } from '../../../plugins/frontend/template.ts'

const values = { nonce: 'n0', lang: 'ar', dir: 'rtl', title: 'Title', data: '{"a":1}' }
const filled = (html: string) => createTemplate(html).fill(values)

await t.test('template: puts language, direction, title and data into a page', async t => {
  const html = '<!doctype html>\n<html>\n<head>\n</head>\n<body>\n<div id="app"></div>\n</body>\n</html>\n'
  const [before, after] = filled(html)
  t.match(before, '<html lang="ar" dir="rtl">')
  t.match(before, /<head>\n<meta charset="utf-8">\n<meta name="viewport" content="[^"]+">\n/)
  t.match(before, /content="[^"]+">\n<title>Title<\/title>\n<script nonce="n0">/)
  t.match(before, /<div id="app">$/)
  t.equal(after, '</div>\n<script type="application/json" id="b24-page-data">{"a":1}</script>\n</body>\n</html>\n')
})

await t.test('template: keeps what the page says itself, but for its language', async t => {
  const [before, after] = filled('<html class="a" lang=de dir=\'ltr\' data-lang="x"><head data-x>' +
    '<META charset="utf-8"><meta name=viewport content="width=500"><title>Own</title></head>' +
    '<main class="b" id=app>text</main><div class="c" id=app data-x></div>')
  t.match(before, '<html class="a" data-lang="x" lang="ar" dir="rtl"><head data-x>\n<script nonce="n0">')
  t.notMatch(before, /Title|initial-scale|utf-8.*utf-8/)
  t.match(before, /<div class="c" id=app data-x>$/)
  t.equal(after, '</div><script type="application/json" id="b24-page-data">{"a":1}</script>\n')
})

await t.test('template: does not read values as places for others', async t => {
  const [before, after] = createTemplate('<head></head><div id="app"></div>__B24_NONCE__')
    .fill({ ...values, title: '__B24_DATA__ $&', data: '"__B24_NONCE__ $1"' })
  t.match(before, '<title>__B24_DATA__ $&</title>')
  t.match(after, 'n0<script type="application/json" id="b24-page-data">"__B24_NONCE__ $1"</script>')
})

await t.test('template: puts everything behind the gap when nothing is rendered', async t => {
  const [before, after] = filled('<html><head></head><body><p id="application"></p></body></html>')
  t.equal(before, '')
  t.match(after, /^<html lang="ar" dir="rtl">.*<\/body><\/html>$/s)
})

await t.test('template: has its style sheets in the body, which wait for them', async t => {
  const [before] = filled('<html><head><link rel="icon" href="a.svg">\n' +
    '<link rel="stylesheet" crossorigin href="a.css">\n<link href="b.css" rel=stylesheet>\n' +
    '</head><body class="b"><div id="app"></div></body></html>')
  t.match(before, /<link rel="icon" href="a\.svg">\n<\/head>/)
  t.match(before, '<body class="b">\n<link rel="stylesheet" crossorigin href="a.css">\n' +
    '<link href="b.css" rel=stylesheet><div id="app">')
})
