import t from 'tap'
import { startService } from '../service.ts'

await t.test('the API describes itself: what is asked, what is answered, and by whom', async t => {
  const service = await startService(t)
  const answer = await fetch(`${service.url}/api/openapi.json`)
  t.equal(answer.status, 200)
  const document = await answer.json() as { paths: Record<string, unknown> } // OpenAPI
  t.match(document, {
    openapi: '3.1.0',
    servers: [{ url: service.url }],
    components: { securitySchemes: { session: { scheme: 'bearer' }, apiKey: { scheme: 'bearer' } } },
    paths: {
      '/api/links': {
        post: {
          requestBody: { content: { 'application/json': { schema: { required: ['screen', 'params'] } } } },
          responses: { 200: { content: { 'application/json': { schema: { required: ['id', 'path', 'url'] } } } }, 400: Object }
        }
      },
      '/api/me': { get: { security: [{ session: [] }] } }
    }
  })
  t.ok(Object.keys(document.paths).every(path => path.startsWith('/api/')), 'what portals call is described by Bitrix24')
})
