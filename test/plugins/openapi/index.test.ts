import t from 'tap'
import openapi from '../../../plugins/openapi/index.ts'
import { build } from '../../build.ts'

await t.test('routes with a tag are described in a stranger\'s app, others are not', async t => {
  const app = await build(t)
  await app.register(openapi, { title: 'Things', url: 'https://things.example' })
  app.get('/things', { schema: { tags: ['things'] } }, async () => [])
  app.get('/other', async () => [])
  await app.ready()
  const { info, servers, paths } = JSON.parse(JSON.stringify(app.swagger()))
  t.strictSame([info, servers, Object.keys(paths)], [{ title: 'Things', version: '1' }, [{ url: 'https://things.example' }], ['/things']])
})
