import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { CheckUpOptions } from '../../../src/doctor/check-up.ts'
import type { Code } from '../../../src/doctor/finding.ts'
import { serverFor } from '../../servers.ts'
import { freePort } from '../../service.ts'
import { clockOff, diagnose, proxyFor, startPatient } from './patient.ts'

const nowhere = async () => `http://127.0.0.1:${await freePort()}`
const answering = (t: Test, status: number, headers = {}) =>
  serverFor(t, (_, response) => { response.writeHead(status, headers).end('Welcome') })
const form = /^application\/x-www-form-urlencoded/

await t.test('doctor: names what is wrong with settings and the way to the service', async t => {
  const { env, url, file, sandbox } = await startPatient(t)
  const { authorizationServer } = sandbox
  const folder = dirname(file)
  const copy = (name: string, change: string) => {
    const path = join(folder, name)
    const database = new SqliteDatabase(file)
    database.prepare('vacuum into ?').run(path)
    database.close()
    const changed = new SqliteDatabase(path)
    changed.exec(change)
    changed.close()
    return `sqlite:${path}`
  }
  writeFileSync(join(folder, 'empty.db'), '')
  const proxied = (rules: Parameters<typeof proxyFor>[2]) => proxyFor(t, url, rules)

  const rows: Array<[codes: Code[], env: Record<string, string>, options?: Partial<CheckUpOptions>]> = [
    [[], {}],
    [['database-memory'], { DATABASE_URL: 'sqlite::memory:' }],
    [['variable', 'variable'], { B24_CLIENT_SECRET: '', PORT: 'secret-port' }],
    [['database-unreachable'], { DATABASE_URL: `sqlite:${folder}/missing.db` }],
    [['database-unreachable'], { DATABASE_URL: 'postgres://owner:pass-word@127.0.0.1:1/test' }],
    [['variable'], { DATABASE_URL: 'postgres://owner:pass#word@127.0.0.1:x/test' }],
    [['database-version'], { DATABASE_URL: `sqlite:${folder}/empty.db` }],
    [['database-version'], {
      DATABASE_URL: copy('newer.db', "insert into installations_migration values ('9999-future', '2099')")
    }],

    [['public-url-unreachable'], { PUBLIC_URL: await nowhere() }],
    [['public-url-timeout'], { PUBLIC_URL: await serverFor(t, () => {}) }, { timeout: 2000 }],
    [['public-url-tls'], { PUBLIC_URL: url.replace('http:', 'https:') }],
    [['public-url-redirect'], { PUBLIC_URL: await answering(t, 301, { location: '/app/' }) }],
    [['public-url-redirect'], { PUBLIC_URL: await answering(t, 301, { location: 'http://[' }) }],
    [['public-url-loop'], {
      PUBLIC_URL: await serverFor(t, ({ url, headers }, response) => {
        response.writeHead(301, { location: `http://${headers.host}${url}` }).end()
      })
    }],
    [['public-url-no-service'], { PUBLIC_URL: await answering(t, 502) }],
    [['public-url-other-service'], { PUBLIC_URL: await answering(t, 200) }],
    [['public-url-other-settings'], { APP_SECRET: randomBytes(32).toString('base64') }],
    [['public-url-private', 'public-url-tls', 'oauth-unreachable'], {
      PUBLIC_URL: url.replace('http:', 'https:'),
      B24_OAUTH_SERVERS: authorizationServer.replace('http:', 'https:'),
      ALLOW_INSECURE_PORTALS: 'false'
    }],

    [['proxy-blocks-pages'], {
      PUBLIC_URL: await proxied({
        intercept: ({ method, url }, response) => {
          const isBlocked = method === 'GET' && url === '/placement'
          if (isBlocked) response.writeHead(401).end()
          return isBlocked
        }
      })
    }],
    [['proxy-blocks-pages', 'proxy-blocks-posts'], {
      PUBLIC_URL: await proxied({
        intercept: ({ url, socket }) => {
          const isBlocked = url === '/placement'
          if (isBlocked) socket.destroy()
          return isBlocked
        }
      })
    }],

    [['clock'], { B24_OAUTH_SERVERS: await proxyFor(t, authorizationServer, { answer: clockOff(-600_000) }) }],
    [['client-id', 'public-url-other-settings'], { B24_CLIENT_ID: 'local.other' }],
    [['client-unchecked'], {
      B24_OAUTH_SERVERS: await proxyFor(t, authorizationServer, {
        intercept: ({ headers }) => form.test(String(headers['content-type']))
      })
    }, { timeout: 2000 }],
    [['oauth-other-unavailable'], { B24_OAUTH_SERVERS: `${await nowhere()},${authorizationServer}` }],
    [['oauth-other-unavailable'], { B24_OAUTH_SERVERS: `${authorizationServer},${await answering(t, 500)}` }],
    [['oauth-unreachable', 'client-secret'], {
      B24_OAUTH_SERVERS: `${await nowhere()},${authorizationServer}`, B24_CLIENT_SECRET: 'not-the-secret-1'
    }],
    [['no-network'], { PUBLIC_URL: await nowhere(), B24_OAUTH_SERVERS: await nowhere() }]
  ]
  for (const [codes, changes, options] of rows) {
    const { codes: found, findings } = await diagnose(t, { ...env, ...changes }, options)
    const message = `${codes.join()}: ${JSON.stringify(findings)}`
    // On a busy machine more may be late.
    if (options?.timeout !== undefined) t.ok(codes.every(code => found.includes(code)), message)
    else t.strictSame(found.sort(), codes.sort(), message)
  }
})

await t.test('doctor: judges X-Forwarded-For by TRUST_PROXY', async t => {
  const { env, url } = await startPatient(t, { env: { TRUST_PROXY: 'loopback' } })
  const forwarding = (forward: (sent: string) => string) => proxyFor(t, url, {
    forward: headers => ({ ...headers, 'x-forwarded-for': forward(String(headers['x-forwarded-for'] ?? '')) })
  })
  const rows: Array<[codes: Code[], url: string]> = [
    [['forwarded-missing'], url],
    [['forwarded-passed-on'], await forwarding(sent => sent || '198.51.100.1')],
    [[], await forwarding(sent => sent === '' ? '198.51.100.1' : `${sent}, 198.51.100.1`)],
    [[], await forwarding(() => '198.51.100.1')]
  ]
  for (const [expected, publicUrl] of rows) {
    const { codes } = await diagnose(t, { ...env, PUBLIC_URL: publicUrl })
    t.strictSame(codes, expected)
  }
})
