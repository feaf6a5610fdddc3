import t from 'tap'
import openapi from '../../../plugins/openapi/index.ts'
import { build } from '../../build.ts'

await t.test('openapi: describes routes with a tag in a stranger\'s app', async t => {
  const app = await build(t)
  await app.register(openapi, { title: 'Things', url: 'https://things.example', path: '/openapi.json' })
  app.get('/things', { schema: { tags: ['things'] } }, async () => [])
  app.get('/other', async () => [])
  const { info, servers, paths } = (await app.inject('/openapi.json')).json()
  t.strictSame([info, servers, Object.keys(paths)], [
    { title: 'Things', version: '1' }, [{ url: 'https://things.example' }], ['/things']
  ])
})

await t.test('openapi: describes the routes once, however often it is asked', async t => {
  const app = await build(t)
  await app.register(openapi, { title: 'Things', url: 'https://things.example', path: '/openapi.json' })
  let described = 0
  const describedSchema = (schema: object) => {
    described++
    return schema
  }
  app.get('/things', { schema: { tags: ['things'] }, config: { describedSchema } }, async () => [])
  const answers = await Promise.all([1, 2, 3].map(async () => (await app.inject('/openapi.json')).json()))
  t.strictSame(answers[2], answers[0])
  t.equal(described, 1)
})

await t.test('openapi: tries again after it has failed', async t => {
  const app = await build(t)
  await app.register(openapi, { title: 'Things', url: 'https://things.example', path: '/openapi.json' })
  let isReady = false
  const describedSchema = (schema: object) => {
    if (!isReady) throw new Error('not ready')
    return schema
  }
  app.get('/things', { schema: { tags: ['things'] }, config: { describedSchema } }, async () => [])
  t.equal((await app.inject('/openapi.json')).statusCode, 500)
  isReady = true
  t.equal((await app.inject('/openapi.json')).statusCode, 200)
})

await t.test('openapi: stops the start when an option is wrong', async t => {
  const rows = [
    [{ title: '', url: 'https://things.example', path: '/a' }, 'title must be a text that is not empty'],
    [{ title: 'Things', url: 'things.example', path: '/a' }, 'url must be an address'],
    [{ title: 'Things', url: 'https://things.example', path: 'a' }, 'path must be a path that begins with a slash']
  ] as const
  for (const [options, message] of rows) {
    const app = await build(t)
    await t.rejects(async () => { await app.register(openapi, options) }, { message: `openapi: options.${message}` })
  }
})
