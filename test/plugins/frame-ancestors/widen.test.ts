import t from 'tap'
import frameAncestors from '../../../plugins/frame-ancestors/index.ts'
import { checkSources, type Sources } from '../../../plugins/frame-ancestors/widen.ts'
import { build } from '../../build.ts'
import { startService } from '../../service.ts'

await t.test('widen: adds sources to the policy of every page', async t => {
  const { install, call, sandbox: { portals: { alpha } } } = await startService(t, {
    prepare: ({ frameAncestors }) => frameAncestors.widen({
      'img-src': ['portal', 'https://*.cdn.example', 'data:'],
      'media-src': ['portal'],
      'connect-src': ['wss://push.example', 'https://api.example:8443']
    })
  })
  await install()
  const portal = `http://${alpha.domain}`
  const { headers } = await call(alpha.placementCall('DEFAULT'))
  t.strictSame(headers.get('content-security-policy')?.split('; '), [
    "default-src 'none'", "script-src 'self'", "style-src 'self'",
    `img-src 'self' ${portal} https://*.cdn.example data:`, "font-src 'self'", `media-src 'self' ${portal}`,
    `connect-src 'self' ${portal} wss://push.example https://api.example:8443`, "frame-src 'self'",
    "form-action 'self'", "base-uri 'none'", `frame-ancestors 'self' ${portal}`
  ])
})

await t.test('widen: takes origins and a few words, and nothing else', async t => {
  const rights: Sources[] = [
    {},
    { 'img-src': ['blob:'], 'script-src': ['https://portal-scripts.example'], 'style-src': [] },
    { 'frame-src': ['https://video.example'], 'font-src': ['https://a-b.fonts.example'] },
    { 'connect-src': ['https://localhost:3001', 'wss://*.push.example.com', 'https://10.0.0.5'] }
  ]
  for (const sources of rights) t.doesNotThrow(() => checkSources(sources), JSON.stringify(sources))
  const fixed = ['default-src', 'frame-ancestors', 'base-uri', 'form-action', 'object-src', 'toString', '__proto__']
  for (const name of fixed) {
    const sources = JSON.parse(`{"${name}":["https://cdn.example"]}`)
    t.throws(() => checkSources(sources), { code: 'B24_ERR_POLICY', message: `${name} stays as it is` }, name)
  }
  const never = [
    "'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'", "'strict-dynamic'", "'none'", "'self'", '*', 'https:',
    'http://cdn.example', '//cdn.example', 'cdn.example', 'https://', 'https://*', 'https://*.com', 'https://a.*.com',
    'https://cdn.example/', 'https://cdn.example/x', 'https://cdn.example?x', 'https://user@cdn.example',
    'https://cdn.example:*', 'https://cdn.example:99999', 'https://cdn.example; script-src *', 'https://a.example b',
    'https://cdn.example\n', 'https://b24_test.example', 'ftp://cdn.example', 'filesystem:', '', 7, null, undefined
  ]
  const names = ['script-src', 'style-src', 'img-src', 'font-src', 'media-src', 'connect-src', 'frame-src'] as const
  for (const name of names) {
    for (const source of never) {
      const sources = { [name]: ['https://cdn.example', source] } as Sources
      t.throws(() => checkSources(sources), { code: 'B24_ERR_POLICY', message: name }, `${name} ${source}`)
    }
    const behindNothing = { [name]: [undefined, 'https://cdn.example; script-src *'] } as unknown as Sources
    t.throws(() => checkSources(behindNothing), { code: 'B24_ERR_POLICY', message: name }, `${name} behind nothing`)
    t.throws(() => checkSources({ [name]: 'https://cdn.example' } as Sources), {
      message: `frameAncestors.widen: ${name} must be a list of sources`
    })
    const allowed = [
      ...(name === 'img-src' ? ['data:', 'blob:', 'portal'] : []),
      ...(name === 'media-src' ? ['portal'] : []),
      ...(name === 'connect-src' ? ['wss://push.example'] : [])
    ]
    for (const source of ['data:', 'blob:', 'portal', 'wss://push.example'].filter(one => !allowed.includes(one))) {
      t.throws(() => checkSources({ [name]: [source] }), { code: 'B24_ERR_POLICY' }, `${name} ${source}`)
    }
  }
  t.throws(() => checkSources({ 'img-src': ['wss://push.example'] }), {
    message: 'frameAncestors.widen: img-src takes origins with https:// and no path, ' +
      'or one of portal, data:, blob:, not wss://push.example'
  })
})

await t.test('widen: is called once, before the start', async t => {
  const app = await build(t, app => app.register(frameAncestors))
  const sources = { 'img-src': ['https://cdn.example'] }
  app.frameAncestors.widen(sources)
  sources['img-src'].push("'unsafe-inline'")
  t.throws(() => app.frameAncestors.widen({ 'font-src': [] }), { code: 'B24_ERR_POLICY', message: 'called before' })
  app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html>'))
  const { headers } = await app.inject('/')
  t.match(headers['content-security-policy'], "; img-src 'self' https://cdn.example;")
  t.throws(() => app.frameAncestors.widen({}), { code: 'B24_ERR_POLICY', message: 'has started' })
})
