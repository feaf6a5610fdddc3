import { Type } from '@sinclair/typebox'
import t from 'tap'
import { startService } from '../service.ts'

/** The document, as far as the test reads it. */
interface OpenApi {
  paths: Record<string, Record<string, {
    requestBody?: { content: Record<string, { schema: { anyOf: object[] } }> }
    responses: Record<string, object>
  }>>
}

await t.test('openapi: describes what the API takes, answers, and from whom', async t => {
  const params = Type.Object({ id: Type.Integer({ minimum: 1 }), text: Type.Optional(Type.String()) })
  const service = await startService(t, {
    prepare: fastify => {
      fastify.screen('room', { schema: { params: Type.Object({}) }, title: 'Room' }, async () => 'opened')
      fastify.screen('shelf', { schema: { params }, title: 'Shelf' }, async () => 'opened')
    }
  })
  const answer = await fetch(`${service.url}/api/openapi.json`)
  t.equal(answer.status, 200)
  const document = await answer.json() as OpenApi
  t.match(document, {
    openapi: '3.1.0',
    servers: [{ url: service.url }],
    components: { securitySchemes: { session: { scheme: 'bearer' }, apiKey: { scheme: 'bearer' } } },
    paths: {
      '/api/links': {
        post: {
          requestBody: {
            content: {
              'application/json': { schema: { anyOf: Array } }
            }
          },
          responses: {
            200: { content: { 'application/json': { schema: { required: ['id', 'path', 'url'] } } } },
            400: Object
          }
        }
      },
      '/api/me': { get: { security: [{ session: [] }] } }
    }
  })
  const request = document.paths['/api/links']?.['post']?.requestBody?.content['application/json']
  t.match(request?.schema.anyOf.at(-1), {
    properties: {
      screen: { enum: ['shelf'] },
      params: { properties: { id: { minimum: 1 }, text: {} }, required: ['id'] },
      portal: {}
    },
    required: ['screen', 'params']
  })
  const rows: Array<[path: string, method: string, statuses: string[]]> = [
    ['/api/links', 'post', ['200', '400', '401', '403', '404', '413', '415', '429', '503']],
    ['/api/links/{id}/visits', 'get', ['200', '400', '401', '404', '429', '503']],
    ['/api/me', 'get', ['200', '401', '429', '503']],
    ['/api/session', 'post', ['200', '400', '401', '403', '413', '415', '429', '502', '503']]
  ]
  for (const [path, method, statuses] of rows) {
    const responses = document.paths[path]?.[method]?.responses ?? {}
    t.strictSame(Object.keys(responses), statuses, path)
    const schema = { required: ['error', 'status', 'requestId'] }
    t.match(responses['401'], { content: { 'application/json': { schema } } })
  }
  const isOfApi = (path: string) => path.startsWith('/api/')
  t.strictSame(Object.keys(document.paths['/api/me'] ?? {}), ['get'])
  t.ok(Object.keys(document.paths).every(isOfApi), 'Bitrix24 describes what portals call')
})
