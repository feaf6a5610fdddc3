import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { bundle } from '../../client/bundle.ts'
import { movableClock } from '../../clock.ts'
import { startService } from '../../service.ts'
import { pageSessionMeta } from '../../../plugins/page-session/index.ts'
import type { PageData } from '../../../client/page-data.ts'

/** A page whose script Vite has made, with what it is told. */
const pageOf = (told: PageData | undefined, script: string) => `<!doctype html>
<html lang="en">
<head>
<title>Deal</title>
${told === undefined ? '' : `<script type="application/json" id="b24-page-data">${JSON.stringify(told)}</script>`}
</head>
<body><div id="app"><h1>Loading</h1></div><script type="module" src="${script}"></script></body>
</html>
`

/** A deal tab in front of a service and a portal whose clock can be moved. */
export async function openTab (t: Test, script: string, prepare: (fastify: FastifyInstance) => void = () => {}) {
  const clock = movableClock(t)
  const files = await bundle(t, script)
  const service = await startService(t, {
    env: { B24_APPLICATION_TOKEN: 'required' },
    prepare (fastify) {
      fastify.get('/ui/*', async (request, reply) => {
        const { '*': name = '' } = request.params as Record<string, string> // the pattern has it
        return await reply.type('text/javascript').send(files.get(name))
      })
      fastify.placement('CRM_DEAL_DETAIL_TAB', { title: 'Supplies' }, async (request, reply) => {
        const { portal: { memberId, domain, origin }, user: { id }, lang, code, options } = request.placement
        const { 'page-session': session = '' } = await pageSessionMeta(request)
        const told: PageData = {
          data: { deal: options },
          portal: { memberId, domain, origin },
          user: { id },
          lang,
          locale: lang,
          dir: 'ltr',
          placement: code,
          screen: null,
          session,
          base: ''
        }
        return await reply.type('text/html').send(pageOf(told, '/ui/main.js'))
      })
      prepare(fastify)
    }
  })
  await service.install()
  const { rest } = service.fastify.portal(service.sandbox.portals.alpha.memberId)
  const id = await rest.call<number>('crm.deal.add', { fields: { TITLE: 'Supplies' } })
  const answers = (path: string) =>
    service.lines().filter(({ msg, route }) => msg === 'call' && route === path).map(({ status }) => status)
  return { service, clock, id, address: `${service.sandbox.url}/crm/deal/details/${id}/?lang=de`, answers }
}

/** The files of a page that is opened alone, by their paths. */
export async function filesOfPage (t: Test, script: string): Promise<Map<string, string>> {
  const files = await bundle(t, script)
  return new Map([['', pageOf(undefined, '/main.js')], ...files])
}
