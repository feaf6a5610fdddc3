import t from 'tap'
import { startService } from '../service.ts'

await t.test('an unknown address and a wrong method are named as such, to people and to programs', async t => {
  const { url, log } = await startService(t)
  const rows: Array<[method: string, path: string, status: number, code: string, allow: string | null]> = [
    ['GET', '/nowhere?APP_SID=secret', 404, 'B24_ERR_NOT_FOUND', null],
    ['PUT', '/placement', 405, 'B24_ERR_METHOD', 'GET, HEAD, POST'],
    ['DELETE', '/install', 405, 'B24_ERR_METHOD', 'GET, HEAD, POST'],
    ['GET', '/events', 405, 'B24_ERR_METHOD', 'POST'],
    ['GET', '/%zz', 400, 'B24_ERR_CALL_MALFORMED', null]
  ]
  for (const [method, path, status, code, allow] of rows) {
    const answer = await fetch(url + path, { method })
    t.equal(answer.status, status, `${method} ${path}`)
    t.equal(answer.headers.get('allow'), allow, `${method} ${path}`)
    t.match(await answer.json(), { error: code, status, requestId: /.+/ }, `${method} ${path}`)
  }
  t.ok(log.some(line => line.includes('B24_ERR_CALL_MALFORMED') && !line.includes('%zz')), 'an address that cannot be read is a line as well')
  const page = await fetch(`${url}/nowhere`, { headers: { accept: 'text/html,*/*' } })
  t.equal(page.status, 404)
  t.match(page.headers.get('content-type'), 'text/html')
})
