import t from 'tap'
import { xmlEncode } from '../../../sandbox/rest/xml.ts'
import { sandboxFor } from '../helper.ts'

await t.test('XML: values are written as the portal writes them', async t => {
  const rows: Array<[value: unknown, xml: string]> = [
    [{ ID: '1', ADMIN: true, OFF: false, NOTHING: null, COUNT: 5 },
      '<ID>1</ID><ADMIN>1</ADMIN><OFF></OFF><NOTHING></NOTHING><COUNT>5</COUNT>'],
    [['placement', 'crm'], '<item>placement</item><item>crm</item>'],
    [{ result: [] }, '<result></result>'],
    [{ 7: { deep: ['x'] } }, '<item><deep><item>x</item></deep></item>'],
    [{ a: '<b> & "c" \'d\'' }, '<a>&lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;</a>']
  ]
  for (const [value, xml] of rows) t.equal(xmlEncode(value), xml)
})

await t.test('XML: a method answers XML under its name with .xml', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['crm', 'user'] })
  const { accessToken } = alpha.grant(alpha.users.admin)
  const answer = await fetch(`${alpha.url}/rest/scope.xml?auth=${accessToken}`)
  t.equal(answer.headers.get('content-type'), 'text/xml; charset=utf-8')
  t.match(await answer.text(), /^<response><result><item>crm<\/item><item>user<\/item><\/result><time><start>.*<\/response>$/)
  const list = await (await fetch(`${alpha.url}/rest/user.get.xml?auth=${accessToken}&ID=2`)).text()
  t.match(list, /<result><item><ID>2<\/ID>.*<\/result><total>1<\/total><time>/)
  const refusal = await fetch(`${alpha.url}/rest/nothing.xml?auth=${accessToken}`)
  t.equal(refusal.status, 404)
  t.equal(await refusal.text(), '<response><error>ERROR_METHOD_NOT_FOUND</error>' +
    '<error_description>Method not found!</error_description></response>')
})
