import t from 'tap'
import { initialState } from '../../../sandbox/initial-state.ts'
import { richText } from '../../../sandbox/pages/rich-text.ts'
import { Portal } from '../../../sandbox/portal.ts'

const portal = new Portal(initialState({ clientId: 'a' }, 'http://127.0.0.1:9'), 'Alpha', [])
portal.url = 'http://localhost:7000'

const OUT = 'target="_blank" rel="noopener noreferrer"'
const rows: Array<[text: string, html: string]> = [
  ['<i>"a" & b</i>\nnext', '&#60;i&#62;&#34;a&#34; &#38; b&#60;/i&#62;<br>next'],
  ['[B]bold <b>[/B]', '<b>bold &#60;b&#62;</b>'],
  ['see /marketplace/view/a/?params[x][]=1, please',
    'see <a href="/marketplace/view/a/?params[x][]=1">/marketplace/view/a/?params[x][]=1</a>, please'],
  ['/market/view/a/', '<a href="/market/view/a/">/market/view/a/</a>'],
  ['http://localhost:7000/marketplace/view/a/',
    '<a href="/marketplace/view/a/">http://localhost:7000/marketplace/view/a/</a>'],
  ['http://alpha.bitrix24.localhost:7000/x#y', '<a href="/x#y">http://alpha.bitrix24.localhost:7000/x#y</a>'],
  ['https://example.com/marketplace/view/a/.',
    `<a href="https://example.com/marketplace/view/a/" ${OUT}>https://example.com/marketplace/view/a/</a>.`],
  ['[URL=/x/?params[a][b]=1]here[/URL]', '<a href="/x/?params[a][b]=1">here</a>'],
  ['http://localhost:7000//evil.example/x',
    `<a href="http://localhost:7000//evil.example/x" ${OUT}>http://localhost:7000//evil.example/x</a>`],
  ['[URL=http://localhost:7000/\\evil.example/x]here[/URL]',
    `<a href="http://localhost:7000//evil.example/x" ${OUT}>here</a>`],
  ['[URL=//evil.example/]here[/URL]', `<a href="http://evil.example/" ${OUT}>here</a>`],
  ['[URL=javascript:alert(1)]<here>[/URL]', '&#60;here&#62;'],
  ['[URL=data:text/html,x]here[/URL]', 'here'],
  ['[URL=http://]here[/URL]', 'here']
]

await t.test('rich text: turns texts into HTML', async t => {
  for (const [text, html] of rows) t.equal(richText(portal, text).replaceAll('<wbr>', ''), html, text)
})

await t.test('rich text: addresses break behind their separators', async t => {
  const html = 'https://example.<wbr>com/<wbr>view/<wbr>?a=<wbr>1&#38;<wbr>b=<wbr>2</a>'
  t.match(richText(portal, 'https://example.com/view/?a=1&b=2'), html)
  t.match(richText(portal, '[URL=https://example.com/]see example.com/view[/URL]'), '>see example.com/view</a>')
  t.equal(richText(portal, '/market/view/a/', undefined, true), '<span>/market/<wbr>view/<wbr>a/</span>')
})

await t.test('rich text: only the first link has the id', async t => {
  t.equal(richText(portal, '[URL=/a]a[/URL] [URL=/b]b[/URL]', 'one'), '<a id="one" href="/a">a</a> <a href="/b">b</a>')
})

portal.state.content.close()
