import t from 'tap'
import { viewFault } from '../../../sandbox/dev/view-fault.ts'

await t.test('view fault: names file, line and reason of a broken template', t => {
  const faultOf = (template: string) => viewFault(t.testdir({ views: { deep: { 'a.eta': template }, 'z.eta': '<p>' } }))
  const rows: Array<[template: string, line: number, reason: RegExp]> = [
    ['<p>\n<%= it.x', 2, /^unclosed tag$/],
    ['<p>\n<%= it.x %>\n<%~ a b %>', 3, /^Unexpected identifier/],
    ['<p>\n<%= it.x +\n  it.y + + %>\n', 2, /^Unexpected token/],
    ['<p>\n<% if (1) { %>\n<b>\n', 2, /^a "\{" is not closed by <% \} %>$/],
    ['<p>\n<% const a = ; %>\n', 2, /^Unexpected token ';'$/],
    ['<p>\n<% // a %>\n<%\n  const a = 1\n  const b c = 2\n%>', 5, /^Missing initializer/],
    ['<p>\n<% for (const x of it.y) { %>\n<%= x %>\n<% ) %>\n', 4, /^Unexpected token '\)'$/],
    ['<p>\n<% let a = 1 %>\n\n<% let a = 2 %>\n', 4, /^Identifier 'a' has already been declared$/]
  ]
  for (const [template, line, reason] of rows) {
    const [, file, at, why = ''] = /^(.*?):(\d+): (.*)$/.exec(String(faultOf(template))) ?? []
    t.match(file, /\/views\/deep\/a\.eta$/)
    t.equal(Number(at), line, template)
    t.match(why, reason)
  }
  t.equal(faultOf('<p><%= it.x %></p><% if (it.y) { %><% } %>'), undefined)
  t.equal(viewFault(t.testdir({})), undefined)
  t.end()
})
