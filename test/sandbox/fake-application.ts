import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import formbody from '@fastify/formbody'
import fastify from 'fastify'

const SDK = join(dirname(createRequire(import.meta.url).resolve('@bitrix24/b24jssdk/package.json')),
  'dist/umd/index.min.js')

/** One POST that reached the application. */
export interface Received {
  path: string
  query: Record<string, string>
  body: Record<string, string>
}

// #ready appears once the frame is initialised; tests then use window.b24 as a page of the application would.
const page = (body: Record<string, string>) => `<!doctype html><meta charset="utf-8"><title>Application</title>
<h2 id="placement">${body.PLACEMENT}</h2>
<script src="/sdk.js"></script>
<script>
  B24Js.initializeB24Frame().then(b24 => {
    window.b24 = b24
    document.body.insertAdjacentHTML('beforeend', '<p id="ready">ready</p>')
  })
</script>`

// A page without any library: tests write and read the messages themselves, as texts.
const barePage = `<!doctype html><meta charset="utf-8"><title>Application</title><p id="ready">ready</p>
<script>
  const sid = window.name.split('|')[2]
  window.replies = []
  addEventListener('message', event => window.replies.push(event.data))
  window.say = message =>
    parent.postMessage(typeof message === 'string' ? message + ':' + sid : { ...message, appSid: sid }, '*')
</script>`

/** A small application on 127.0.0.1 whose pages use the unmodified SDK of the frame. */
export async function fakeApplication (
  t: { after: (fn: () => unknown) => void }
): Promise<{ url: string, received: Received[] }> {
  const received: Received[] = []
  const app = fastify({ forceCloseConnections: true })
  app.register(formbody)
  app.get('/sdk.js', async (_request, reply) => reply.type('text/javascript').send(await readFile(SDK)))
  app.get('/placement', (_request, reply) => reply.type('text/html').send('<h2 id="placement">opened by GET</h2>'))
  for (const path of ['/placement', '/install', '/events', '/bare']) {
    app.post<{ Querystring: Record<string, string>, Body: Record<string, string> }>(path, (request, reply) => {
      received.push({ path, query: request.query, body: request.body })
      return reply.type('text/html').send(path === '/bare' ? barePage : page(request.body))
    })
  }
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => app.close())
  return { url, received }
}
