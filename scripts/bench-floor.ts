// The floor of npm run bench: the same page in bare Fastify, with the same data, and nothing proven, decoded or
// dispatched.
import { join } from 'node:path'
import formbody from '@fastify/formbody'
import view from '@fastify/view'
import { Eta } from 'eta'
import Fastify from 'fastify'
import { createI18n } from '../plugins/page/i18n.ts'

const root = join(import.meta.dirname, '../plugins/page/views')
const placements = join(import.meta.dirname, '../routes/placements')
const fastify = Fastify()
const i18n = createI18n()
i18n.add(join(placements, 'locales'))
const { t, tag, dir, name } = i18n.resolve('en')
const { SESSION: session = '', DOMAIN: domain = '', PORT: port } = process.env
const asset = (file: string) => `/assets/${file}?v=123456789012`

await fastify.register(formbody)
const eta = new Eta({ cache: true })
eta.resolvePath = view => join(view.startsWith('layout') ? root : join(placements, 'views'), view)
await fastify.register(view, { engine: { eta }, root, viewExt: 'eta', layout: 'layout', production: true })
fastify.get('/health', async () => ({ status: 'ok' }))
fastify.post('/placement', (request, reply) => reply.type('text/html; charset=utf-8').viewAsync('link', {
  t,
  base: '',
  page: { lang: tag, dir, title: t('link.title'), meta: { 'page-session': session } },
  assets: {
    tokens: asset('b24-tokens.css'), css: asset('page.css'), script: asset('page.js'), sdk: asset('b24jssdk.js')
  },
  params: [{ name: 'test', value: 'y', type: 'string' }, { name: 'docId', value: '42', type: 'string' }],
  user: { id: 1 },
  portal: { domain },
  uri: `http://${domain}/company/personal/user/1/blog/`,
  language: name,
  code: 'REST_APP_URI'
}))
await fastify.listen({ host: '127.0.0.1', port: Number(port) })
