import { join } from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig, loadMigrationConfig } from '../../src/config.ts'

const appSecret = Buffer.alloc(32, 7).toString('base64')
const hash = (digit: string) => digit.repeat(64)
const required = {
  PUBLIC_URL: 'https://widgets.example',
  B24_CLIENT_ID: 'local.66ba434d853c87.18550109',
  B24_CLIENT_SECRET: 'top-secret',
  APP_SECRET: appSecret
}

/** The lines of the complaint about these variables. */
function complaints (env: Record<string, string | undefined>): string[] {
  try {
    loadConfig({ ...required, ...env })
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n')
  }
}

await t.test('config: needs four variables only', async t => {
  t.strictSame(loadConfig(required), {
    host: '0.0.0.0',
    port: 3000,
    logLevel: 'info',
    trustProxy: false,
    application: undefined,
    publicUrl: 'https://widgets.example',
    clientId: 'local.66ba434d853c87.18550109',
    clientSecret: 'top-secret',
    appCode: 'local.66ba434d853c87.18550109',
    oauthServers: ['https://oauth.bitrix24.tech', 'https://oauth.bitrix.info'],
    applicationToken: 'when-present',
    databaseUrl: 'sqlite:data/bitrix24.db',
    appSecret,
    allowInsecurePortals: false,
    shutdownDelay: 0,
    startTimeout: 60,
    linkVisitsDays: 90,
    journalDays: 3,
    overloadDelay: 50,
    linksApiKeys: [],
    development: false,
    colorScheme: 'light',
    metricsToken: '',
    traces: undefined
  })
})

await t.test('config: each variable sets its setting', async t => {
  const rows: Array<[env: Record<string, string>, setting: Record<string, unknown>]> = [
    [{ HOST: '::' }, { host: '::' }],
    [{ PORT: ' 8080 ' }, { port: 8080 }],
    [{ PORT: '0' }, { port: 0 }],
    [{ LOG_LEVEL: 'debug' }, { logLevel: 'debug' }],
    [
      { LINKS_API_KEYS: `erp:${hash('a')}, crm-2:${hash('B')}:m1|m2` },
      {
        linksApiKeys: [
          { name: 'erp', sha256: hash('a') },
          { name: 'crm-2', sha256: hash('b'), portals: ['m1', 'm2'] }
        ]
      }
    ],
    [{ NODE_ENV: 'development' }, { development: true }],
    [{ NODE_ENV: 'test' }, { development: true }],
    [{ NODE_ENV: 'production' }, { development: false }],
    [{ COLOR_SCHEME: 'system' }, { colorScheme: 'system' }],
    [{ METRICS_TOKEN: 'x' }, { metricsToken: 'x' }],
    [{ SHUTDOWN_DELAY: '5' }, { shutdownDelay: 5 }],
    [{ START_TIMEOUT: '900' }, { startTimeout: 900 }],
    [{ LINK_VISITS_DAYS: '0' }, { linkVisitsDays: 0 }],
    [{ LINK_VISITS_DAYS: '3650' }, { linkVisitsDays: 3650 }],
    [{ JOURNAL_DAYS: '0' }, { journalDays: 0 }],
    [{ OVERLOAD_DELAY: '0' }, { overloadDelay: 0 }],
    [{ TRUST_PROXY: 'none' }, { trustProxy: false }],
    [{ TRUST_PROXY: '10.0.0.0/8, 192.168.1.1,fd00::/8' }, { trustProxy: ['10.0.0.0/8', '192.168.1.1', 'fd00::/8'] }],
    [{ TRUST_PROXY: 'loopback,uniquelocal, linklocal' }, { trustProxy: ['loopback', 'uniquelocal', 'linklocal'] }],
    [{ PUBLIC_URL: 'https://widgets.example/' }, { publicUrl: 'https://widgets.example' }],
    [{ PUBLIC_URL: 'https://widgets.example/b24/v-1.0/' }, { publicUrl: 'https://widgets.example/b24/v-1.0' }],
    [{ APPLICATION: 'test/fixtures' }, { application: join(process.cwd(), 'test/fixtures') }],
    [
      { PUBLIC_URL: 'http://127.0.0.1:3000', ALLOW_INSECURE_PORTALS: 'true' },
      { publicUrl: 'http://127.0.0.1:3000', allowInsecurePortals: true }
    ],
    [
      {
        PUBLIC_URL: 'http://b24.example.lan',
        ALLOW_INSECURE_PORTALS: 'B24.example.lan, 10.0.0.5:8080,*.example.lan'
      },
      {
        publicUrl: 'http://b24.example.lan',
        allowInsecurePortals: ['b24.example.lan', '10.0.0.5:8080', '*.example.lan']
      }
    ],
    [{ B24_APP_CODE: 'company.widgets' }, { appCode: 'company.widgets' }],
    [
      { B24_OAUTH_SERVERS: 'https://one.example/ , https://two.example' },
      { oauthServers: ['https://one.example', 'https://two.example'] }
    ],
    [{ B24_APPLICATION_TOKEN: 'required' }, { applicationToken: 'required' }],
    [{ DATABASE_URL: 'postgres://db/b24' }, { databaseUrl: 'postgres://db/b24' }],
    [{ APP_SECRET: `${appSecret},${appSecret}` }, { appSecret: `${appSecret},${appSecret}` }]
  ]
  for (const [env, setting] of rows) {
    const expected = { ...loadConfig(required), ...setting }
    t.strictSame(loadConfig({ ...required, ...env }), expected, JSON.stringify(env))
  }
})

await t.test('config: an empty variable counts as missing', async t => {
  const optional = [
    'HOST', 'PORT', 'LOG_LEVEL', 'TRUST_PROXY', 'B24_APP_CODE', 'B24_OAUTH_SERVERS', 'B24_APPLICATION_TOKEN',
    'DATABASE_URL', 'ALLOW_INSECURE_PORTALS', 'LINK_VISITS_DAYS', 'SHUTDOWN_DELAY', 'START_TIMEOUT', 'LINKS_API_KEYS',
    'METRICS_TOKEN', 'APPLICATION', 'JOURNAL_DAYS', 'COLOR_SCHEME'
  ]
  const empty = Object.fromEntries(optional.map(name => [name, ' ']))
  t.strictSame(loadConfig({ ...required, ...empty }), loadConfig(required))
})

await t.test('config: says of a missing variable where to find it', async t => {
  const rows: Array<[name: string, hint: string]> = [
    ['PUBLIC_URL', 'missing. The https:// address'],
    ['B24_CLIENT_ID', 'missing. "Application ID (client_id)", in Bitrix24: Developer resources'],
    ['B24_CLIENT_SECRET', 'missing. "Application key (client_secret)", in Bitrix24: Developer resources'],
    ['APP_SECRET', 'missing. Make one: node -e']
  ]
  for (const [name, hint] of rows) {
    for (const value of [undefined, '', '  ']) t.match(complaints({ [name]: value }), [`${name}: ${hint}`], name)
    t.equal(complaints({ [name]: '' }).length, 1, name)
  }
  const names = rows.map(([name]) => name).sort()
  const all = complaints(Object.fromEntries(names.map(name => [name, ''])))
  t.strictSame(all.map(line => line.split(':')[0]).sort(), names)
})

await t.test('config: says in one line what is wrong with a variable, not its value', async t => {
  const code = 'may hold letters, digits, "." and "_" only; ' +
    'in Bitrix24: Developer resources > your application > its card'
  const twice = 'must not hold a name or a sum twice'
  const emptySum = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  const rows: Array<[name: string, complaint: string, ...values: string[]]> = [
    ['PORT', 'must be ', 'x7x7', '65536', '-1', '80.5'],
    ['LOG_LEVEL', 'must be one of fatal, error, warn, info, debug, trace, silent', 'x7x7'],
    ['TRUST_PROXY', 'must be ', 'x7x7', '10.0.0.0/x7x7', '10.0.0.0/33', '10.0.0.0/0', 'fd00::/129', '10.0.0.0/8/8'],
    ['TRUST_PROXY', 'must be ', '10.0.0.1,', 'toString', 'fe80::1%x7x7'],
    ['PUBLIC_URL', 'must be ', 'x7x7', 'http://x7x7.example', 'ftp://x7x7', 'https://x7x7@host'],
    ['PUBLIC_URL', 'must be ', 'https://host/?x7x7', 'https://host/x7%20x7', 'https://host/x7//x7', 'https://host/#x7x7'],
    ['B24_CLIENT_ID', code, 'x7/x7'],
    ['B24_APP_CODE', code, 'x7/x7'],
    ['B24_OAUTH_SERVERS', 'must be an address without a path', 'https://one.example/x7x7'],
    ['B24_OAUTH_SERVERS', 'must be ', 'x7x7,x8x8', 'http://x7x7.example', 'https://one.example,'],
    ['B24_APPLICATION_TOKEN', 'must be one of required, when-present', 'x7x7'],
    ['LINKS_API_KEYS', 'must be ', 'x7x7', hash('a'), `erp:${hash('x')}`, `erp:${hash('a')},`, `erp:${hash('a')}:`],
    ['LINKS_API_KEYS', 'must be ', `erp:${hash('a')}:m1|`, `x7 x7:${hash('a')}`, `:${hash('a')}`],
    ['LINKS_API_KEYS', twice, `erp:${hash('a')},erp:${hash('b')}`, `erp:${hash('a')},crm:${hash('a')}`],
    ['LINKS_API_KEYS', 'must not hold the SHA-256 sum of an empty key', `erp:${emptySum}`],
    ['SHUTDOWN_DELAY', 'must be a whole number from 0 to 60', '61'],
    ['START_TIMEOUT', 'must be a whole number from 1 to 3600', '0'],
    ['OVERLOAD_DELAY', 'must be a whole number from 0 to 10000', 'x7x7', '10001', '-1'],
    ['LINK_VISITS_DAYS', 'must be a whole number from 0 to 3650', 'x7x7', '3651', '-1', '80.5', 'Infinity'],
    ['JOURNAL_DAYS', 'must be a whole number from 0 to 365', '366', '-1'],
    ['DATABASE_URL', 'must be ', 'mysql://x7x7', 'sqlite:'],
    ['COLOR_SCHEME', 'must be one of light, system', 'x7x7'],
    ['APP_SECRET', 'must be ', 'x7x7', `${appSecret},x7x7`],
    ['ALLOW_INSECURE_PORTALS', 'must be true, false or hosts such as b24.example.lan, 10.0.0.5:8080', 'x7x7', '*'],
    ['ALLOW_INSECURE_PORTALS', 'must be ', 'b24.example.lan,', 'http://x7x7.lan', 'x7x7.lan/path', 'true,x7x7.lan']
  ]
  for (const [name, complaint, ...values] of rows) {
    for (const value of values) {
      const lines = complaints({ [name]: value })
      t.equal(lines.length, 1, `${name}=${value}`)
      t.ok(lines[0]?.startsWith(`${name}: ${complaint}`), `${name}=${value}`)
      t.notMatch(lines[0], /x7|80\.5|65536/)
    }
  }
})

await t.test('config: refuses quotes around a value, as Docker keeps those of an --env-file', async t => {
  t.strictSame(complaints({ B24_CLIENT_SECRET: '"top-secret"', PUBLIC_URL: "'https://widgets.example'" }), [
    'PUBLIC_URL: must not be in quotes', 'B24_CLIENT_SECRET: must not be in quotes'
  ])
  t.strictSame(complaints({ B24_CLIENT_SECRET: '"' }), [])
})

await t.test('config: takes a folder named application for the application', async t => {
  const folder = t.testdir({ application: {} })
  const cwd = process.cwd()
  process.chdir(folder)
  try {
    t.equal(loadConfig(required).application, join(folder, 'application'))
    const { application } = loadConfig({ ...required, APPLICATION: 'other' })
    t.equal(application, join(folder, 'other'), 'the start says that it is not there')
  } finally {
    process.chdir(cwd)
  }
})

await t.test('loadMigrationConfig: reads addresses, and names what is missing', async t => {
  const [from, to] = ['sqlite:data/bitrix24.db', 'postgres://owner@db.example/b24']
  t.strictSame(loadMigrationConfig({ MIGRATE_FROM: from, MIGRATE_TO: to }), { from, to })
  t.throws(() => loadMigrationConfig({ MIGRATE_FROM: ' ', MIGRATE_TO: 'mysql://root:pass-word@db.example' }), {
    name: 'ConfigError',
    message: 'MIGRATE_FROM: missing. Set it, or give both addresses: fastify-bitrix24 migrate-store <from> <to>\n' +
      'MIGRATE_TO: must be sqlite:<file> or postgres://…'
  })
})
