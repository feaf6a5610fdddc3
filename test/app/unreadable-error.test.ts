import t from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { environment, freePort } from '../service.ts'
import { listening, run } from './process.ts'

const route = `
const told = new Error('no')
const trap = () => { throw told }
const errors = {
  trap: new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap }),
  status: Object.defineProperty(new Error(), 'status', { get: trap }),
  code: Object.defineProperty(new Error(), 'code', { get: trap }),
  symbol: Object.assign(new Error(), { statusCode: Symbol() })
}
export default async fastify => {
  for (const [name, error] of Object.entries(errors)) {
    fastify.get('/handler/' + name, async () => { throw error })
    fastify.get('/hook/' + name, { preHandler: async () => { throw error } }, async () => 'ok')
  }
}`

await t.test("app: an error of an application's own route that cannot be read ends its call only", async t => {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const application = t.testdir({ routes: { 'route.js': route } })
  const url = `http://127.0.0.1:${await freePort()}`
  const env = environment(bitrix24, url, { APPLICATION: application, LOG_LEVEL: 'silent' })
  const { child, ended } = run('src/server.ts', env, { isMeasured: false })
  t.after(async () => {
    child.kill()
    await ended
  })
  t.equal(await listening(`${url}/ready`), true)
  for (const name of ['trap', 'status', 'code', 'symbol']) {
    for (const place of ['handler', 'hook']) {
      const answer = await fetch(`${url}/${place}/${name}`)
      t.equal(answer.status, 500)
      t.match(await answer.json(), { error: 'B24_ERR_INTERNAL' }, `${place} ${name}`)
    }
  }
})
