import t from 'tap'
import { sessionIn, startService } from '../../service.ts'

// As that of a library whose schemas are no JSON schemas, such as Zod.
const compilers = `
const refuse = () => { throw new Error('not a schema of mine') }
const plugin = async fastify => {
  fastify.setValidatorCompiler(refuse).setSerializerCompiler(refuse).setReplySerializer(() => '"of the application"')
  fastify.removeAllContentTypeParsers()
}
export default Object.assign(plugin, { [Symbol.for('skip-override')]: true })`

await t.test("service: its own routes are Fastify's, whatever an application sets for its own", async t => {
  const application = t.testdir({ 'package.json': '{"type":"module"}', plugins: { 'compilers.js': compilers } })
  const service = await startService(t, { app: { application } })
  t.equal((await service.install()).status, 200)
  const { alpha } = service.sandbox.portals
  const session = sessionIn(await service.call(alpha.placementCall('DEFAULT')))
  const ask = async (path: string, init: RequestInit = {}, authorization = `Bearer ${session}`) => {
    const headers = { authorization, 'content-type': 'application/json' }
    const answer = await fetch(service.url + path, { headers, ...init })
    return [answer.status, await answer.json()]
  }
  t.match(await ask('/api/me'), [200, { user: { id: 1 } }])
  t.match(await ask('/api/journal?method=batch'), [200, { entries: [{ method: 'batch' }] }])
  t.match(await ask('/api/journal?from=yesterday'), [400, { error: 'B24_ERR_CALL_MALFORMED', status: 400 }])
  const written = await ask('/api/links', { method: 'POST', body: '{"params":{}}' })
  t.match(written, [400, { fields: [{ parameter: 'screen', reason: 'required' }] }])
  t.match(await ask('/api/me', {}, 'Bearer x'), [401, { error: 'B24_ERR_PAGE_SESSION', requestId: String }])
})
