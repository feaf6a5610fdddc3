import t from 'tap'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST log: a post is kept in the feed', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['log'] })
  t.equal(await resultOf(alpha, 'log.blogpost.add', { POST_TITLE: 'Weather', POST_MESSAGE: '[b]Sun[/b]' },
    alpha.users.designer), 4)
  t.equal(await resultOf(alpha, 'log.blogpost.add', { POST_MESSAGE: 'Rain', DEST: ['SG1', 'U2'], IMPORTANT: 'Y' }), 5)
  t.equal(await resultOf(alpha, 'log.blogpost.add', { POST_MESSAGE: 'Snow', SPERM: ['U3'] }), 6)
  t.match(alpha.content.list('post').slice(3), [
    { title: 'Weather', text: '[b]Sun[/b]', authorId: 3, fields: { DEST: ['UA'], IMPORTANT: 'N' } },
    { title: '', text: 'Rain', authorId: 1, fields: { DEST: ['SG1', 'U2'], IMPORTANT: 'Y' } },
    { title: '', text: 'Snow', authorId: 1, fields: { DEST: ['U3'] } }
  ])
})

await t.test('REST log: a post without a text, or without the scope, is refused', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['log'] })
  t.strictSame(await failureOf(alpha, 'log.blogpost.add'), [400, 'SONET_CONTROLLER_LIVEFEED_BLOGPOST_ADD_ERROR'])
  alpha.scope = ['crm']
  t.strictSame(await failureOf(alpha, 'log.blogpost.add', { POST_MESSAGE: 'Rain' }), [401, 'insufficient_scope'])
})
