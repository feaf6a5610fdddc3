import t from 'tap'
import { viewFault } from '../../../sandbox/dev/view-fault.ts'

await t.test('view fault: names file, line and reason of a template that cannot be compiled', t => {
  const faultOf = (template: string) => viewFault(t.testdir({ views: { deep: { 'a.eta': template }, 'z.eta': '<p>' } }))
  t.match(faultOf('<p>\n<%= it.x'), /views\/deep\/a\.eta:2: unclosed tag$/)
  t.match(faultOf('<p>\n<%= it.x %>\n<%~ a b %>'), /views\/deep\/a\.eta:3: \S/)
  t.match(faultOf('<p>\n<% if (1) { %>'), /views\/deep\/a\.eta:1: /, 'the line of a block is not known')
  t.equal(faultOf('<p><%= it.x %></p><% if (it.y) { %><% } %>'), undefined)
  t.equal(viewFault(t.testdir({})), undefined)
  t.end()
})
