import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import page, { type PageOptions } from '../../../plugins/page/index.ts'
import { joinModules } from '../../../plugins/page/scripts.ts'
import { build, type Scope } from '../../build.ts'

const root = join(import.meta.dirname, '../../..')
const views = globSync('{plugins,routes}/**/*.eta', { cwd: root })

const link = {
  params: [], user: { id: 1 }, portal: { domain: 'portal.example' }, language: 'English', code: 'REST_APP_URI'
}
const param = { name: 'filter.status', value: '<script>alert(1)</script>', type: 'string' }
const home = {
  link: 'https://portal.example/marketplace/view/app/',
  path: '/marketplace/view/app/',
  placements: [],
  sections: [],
  heading: 'Share the application',
  isAdmin: true
}
const placement = {
  code: 'CRM_DEAL_DETAIL_TAB', title: 'Supplies', state: 'skipped', reason: 'the scope "crm" is missing'
}
const mismatch = { pageName: 'link', requestId: 'req-1', code: 'B24_ERR_OPTIONS_MISMATCH', status: 400 }

const errorPageNames = [
  'call', 'not-found', 'address', 'application-token', 'session', 'expired', 'foreign', 'not-installed', 'payment',
  'too-many', 'server-unavailable', 'link', 'placement-unknown', 'not-admin', 'install-refused', 'portal-refused',
  'portal-unavailable', 'store-unavailable', 'internal', 'screen-unknown', 'signature', 'link-expired'
]

interface PageAnswer { view: string, data?: object, title?: string }

/** An app with the plugin and our page folders, whose route `/page` answers with a page. */
async function appFor (t: Scope, options: PageOptions = {}, answer: PageAnswer = { view: 'outside' }) {
  const app = await build(t, app => app.register(page, options))
  for (const folder of ['plugins/error-pages', 'plugins/installation', 'routes/placements']) {
    app.pages.addFolder(join(root, folder))
  }
  app.get('/page', async (request, reply) => {
    return reply.page(answer.view, answer.data, answer.title === undefined ? {} : { title: answer.title })
  })
  return app
}

/** A rendered view. */
async function html (t: Test, view: string, data?: object, lang = 'en') {
  const app = await appFor(t, {}, { view, ...(data && { data }) })
  const response = await app.inject({ url: '/page', query: { LANG: lang } })
  t.equal(response.statusCode, 200, response.body)
  return response.body
}

await t.test('page: has the language and direction of the call', async t => {
  const app = await appFor(t)
  const rows: Array<[url: string, tag: string, dir: string]> = [
    ['/page', 'en', 'ltr'],
    ['/page?LANG=la', 'es', 'ltr'],
    ['/page?LANG=ar', 'ar', 'rtl'],
    ['/page?LANG=%22%3E', 'en', 'ltr']
  ]
  for (const [url, tag, dir] of rows) {
    const response = await app.inject(url)
    t.equal(response.headers['content-type'], 'text/html; charset=utf-8')
    t.match(response.body, `<html lang="${tag}" dir="${dir}">`, url)
    t.match(response.body, app.pages.i18n.resolve(tag === 'es' ? 'la' : tag).t('outside.todo'))
  }
})

await t.test("page: takes the title given, the view's own, or a general one", async t => {
  const own = t.testdir({ 'mine.eta': '<h1>Mine</h1>' })
  const rows: Array<[view: string, title: string | undefined, expected: string]> = [
    ['outside', 'Supplies & more', 'Supplies &amp; more'],
    ['outside', undefined, 'Open this inside Bitrix24'],
    ['outside', '   ', 'Open this inside Bitrix24'],
    ['mine', undefined, 'Bitrix24 application']
  ]
  for (const [view, title, expected] of rows) {
    const app = await appFor(t, { views: [own] }, { view, ...(title !== undefined && { title }) })
    t.match((await app.inject('/page')).body, `<title>${expected}</title>`)
  }
})

await t.test('page: writes meta tags of the request, escaped', async t => {
  const app = await appFor(t, { meta: async request => ({ 'page-session': `"${request.method}"` }) })
  t.match((await app.inject('/page')).body, '<meta name="page-session" content="&quot;GET&quot;">')
})

await t.test("page: prefers the user's templates, within their folder", async t => {
  const views = t.testdir({
    'outside.eta': '<p>Mine, <%~ include("./part", { name: it.name }) %></p>',
    'part.eta': '<b><%= it.name %></b>',
    'escape.eta': '<%~ include("../../package.json") %>'
  })
  const app = await appFor(t, { views: [views] }, { view: 'outside', data: { name: '<Eva>' } })
  for (let i = 0; i < 2; i++) {
    t.match((await app.inject('/page')).body, '<p>Mine, <b>&lt;Eva&gt;</b></p>')
  }
  for (const view of ['escape', 'missing', '../locales/en']) {
    const app = await appFor(t, { views: [views] }, { view })
    t.equal((await app.inject('/page')).statusCode, 500, view)
  }
})

await t.test('page: adds no decorator of @fastify/view and @fastify/static', async t => {
  const app = await appFor(t)
  t.equal(app.hasDecorator('view'), false)
  for (const name of ['view', 'sendFile']) t.equal(app.hasReplyDecorator(name), false, name)
})

await t.test('page: loads the dark colours only where it may follow the browser', async t => {
  const rows: Array<[options: PageOptions, isThere: boolean]> =
    [[{}, false], [{ colorScheme: 'light' }, false], [{ colorScheme: 'system' }, true]]
  for (const [options, isThere] of rows) {
    const app = await appFor(t, options)
    const [, address] = /href="(\/assets\/b24-tokens-dark\.css\?v=[^"]+)"/.exec((await app.inject('/page')).body) ?? []
    t.equal(address !== undefined, isThere)
    if (address) t.match((await app.inject(address)).body, '@media (prefers-color-scheme: dark)')
  }
})

await t.test('page: serves assets as immutable under an address with their hash', async t => {
  const app = await appFor(t)
  const { body } = await app.inject('/page')
  const urls = [...body.matchAll(/(?:href|src|data-sdk)="([^"]+)"/g)].map(match => match[1] ?? '')
  t.strictSame(urls.map(url => url.replace(/\?v=[\w-]{12}$/, '')),
    ['/assets/page.js', '/assets/b24jssdk.js', '/assets/b24-tokens.css', '/assets/page.css'])
  for (const url of urls) {
    const response = await app.inject(url)
    t.equal(response.statusCode, 200, url)
    t.equal(response.headers['cache-control'], 'public, max-age=31536000, immutable')
    t.match(response.headers['content-type'], url.includes('.css') ? 'text/css' : 'javascript')
  }
  const [url = ''] = urls
  const plain = await app.inject(url)
  const file = join(t.testdir({ 'page.mjs': plain.body }), 'page.mjs')
  execFileSync(process.execPath, ['--check', file], { stdio: 'pipe' }) // names of several modules do not clash
  t.notMatch(plain.body, /^import /m)
  const rows = [['gzip, br', 'br', brotliDecompressSync], ['gzip', 'gzip', gunzipSync]] as const
  for (const [accepted, encoding, open] of rows) {
    for (let times = 0; times < 2; times++) {
      const script = await app.inject({ url, headers: { 'accept-encoding': accepted } })
      t.equal(script.headers['content-encoding'], encoding)
      t.ok(open(script.rawPayload).equals(plain.rawPayload), encoding)
    }
  }
  for (const url of ['/assets/', '/assets/missing.js', '/assets/%2e%2e/errors.ts']) {
    t.equal((await app.inject(url)).statusCode, 404, url)
  }
})

await t.test('page: no browser keeps an asset at the address of another version', async t => {
  const folder = t.testdir({
    views: { 'own.eta': '<i data-url="<%= it.asset("own.js") %>">' },
    public: { 'own.js': 'own()', 'own.js.br': brotliCompressSync('own()') }
  })
  const app = await appFor(t, { views: [`${folder}/views`], public: [`${folder}/public`] }, { view: 'own' })
  const { body } = await app.inject('/page')
  const urls = [...body.matchAll(/(?:href|src|data-sdk|data-url)="([^"]+)"/g)].map(match => match[1] ?? '')
  t.equal(urls.length, 5)
  for (const url of urls) {
    const [path = ''] = url.split('?')
    const others = ['', '?v', '?v=', '?v=older', `${url.slice(path.length)}&v=x`].map(query => path + query)
    for (const asked of [url, ...others]) {
      const expected = asked === url ? 'public, max-age=31536000, immutable' : 'no-cache'
      for (const encoding of ['br', 'identity']) {
        const answer = await app.inject({ url: asked, headers: { 'accept-encoding': encoding } })
        t.strictSame([answer.statusCode, answer.headers['cache-control']], [200, expected], asked)
      }
    }
  }
})

await t.test('joinModules: leaves out imports, comments and types', async t => {
  const folder = t.testdir({
    'a.ts': "import type { B } from './b.ts'\nexport { c } from './c.ts'\nexport const a: string = 'a'",
    'b.js': "import { a } from './a.js'\n/**\n * Says `a`\n */\nconsole.log(a) // twice\n  /** Once */\n" +
      "  // import this\nimport('./c.js')\n//# sourceMappingURL=b.js.map"
  })
  const script = joinModules([join(folder, 'a.ts'), join(folder, 'b.js')])
  const lines = script.replace(/ +/g, ' ').split('\n').map(line => line.trim())
  t.strictSame(lines.filter(Boolean), ["export const a = 'a'", 'console.log(a) // twice', "import('./c.js')"])
})

await t.test('pages.addFolder: serves the views, texts and assets of another folder', async t => {
  const folder = t.testdir({
    views: { 'mine.eta': '<h1><%= it.t("mine.title") %></h1><a href="<%= it.asset("mine.js") %>"></a>' },
    locales: { 'en.json': '{"mine.title":"My own"}' },
    assets: { 'mine.js': 'mine()' }
  })
  const app = await appFor(t, {}, { view: 'mine' })
  app.pages.addFolder(folder)
  app.pages.addFolder(join(folder, 'nowhere'))
  const { body } = await app.inject('/page')
  t.match(body, '<h1>My own</h1>')
  t.equal((await app.inject(/href="(\/assets\/mine[^"]+)"/.exec(body)?.[1] ?? '')).body, 'mine()')
})

await t.test('page: fails when a view asks for a missing asset', async t => {
  const folder = t.testdir({ views: { 'torn.eta': '<%= it.asset("missing.js") %>' } })
  const app = await appFor(t, {}, { view: 'torn' })
  app.pages.addFolder(folder)
  t.match((await app.inject('/page')).json(), { statusCode: 500, message: /ENOENT.*assets.missing\.js/ })
})

await t.test('views: hold nothing inline, as the strict policy demands', async t => {
  const inline = /\sstyle=|\son\w+=|<style|javascript:|data:/i
  const address = String.raw`src="<%= it\.asset(?:s\.\w+|\('[\w.-]+'\)) %>"`
  const sdk = String.raw` data-sdk="<%= it\.assets\.sdk %>"`
  const script = new RegExp(`<script(?! (?:type="module" ${address}(?:${sdk})?|${address} defer)></script>)`, 'i')
  for (const file of views) {
    const source = readFileSync(join(root, file), 'utf8')
    t.notMatch(source, inline, file)
    t.notMatch(source, script, file)
    t.notMatch(source, /<%~(?! (?:it\.body %>|include\())/, `${file} prints nothing raw but other views`)
  }
})

await t.test('link page: lists the parameters of the link, as text', async t => {
  const body = await html(t, 'link', { ...link, params: [param], uri: '/company/?a=1&b=2' })
  t.match(body, '<code dir="ltr">filter.status</code>')
  t.match(body, '&lt;script&gt;alert(1)&lt;/script&gt;')
  t.notMatch(body, '<script>alert')
  t.match(body, '<code dir="ltr">/company/<wbr>?a=<wbr>1&amp;<wbr>b=<wbr>2</code>')
})

await t.test('link page: has no table for a link without parameters', async t => {
  t.notMatch(await html(t, 'link', link), '<table')
})

await t.test('home page: shows administrators every placement', async t => {
  const bound = { ...placement, state: 'bound', reason: undefined }
  const boundAt = '2026-11-23 07:10 UTC'
  const body = await html(t, 'home', { ...home, placements: [placement, bound], boundAt })
  t.match(body, `value="${home.link}"`)
  t.match(body, /badge-skipped">Not added</)
  t.match(body, 'the scope &quot;crm&quot; is missing')
  t.match(body, /badge-bound">Active</)
  t.match(body, 'Last installed: 2026-11-23 07:10 UTC')
  const bare = await html(t, 'home', home)
  t.match(bare, 'declares no placements')
  t.notMatch(bare, 'Last installed')
  t.notMatch(bare, 'role="status"')
  const asEmployee = await html(t, 'home', { ...home, isAdmin: false })
  t.match(asEmployee, `value="${home.link}"`)
  t.notMatch(asEmployee, /<details|declares no placements/)
})

await t.test('home page: has the link last where it has something to do', async t => {
  const [, closed] = (await html(t, 'home', { ...home, hasJob: true })).split('<details')
  t.match(closed, `value="${home.link}"`)
  t.notMatch(await html(t, 'home', { ...home, hasJob: true, isAdmin: false }), home.link)
})

await t.test('home page: opens with a warning when the application has trouble', async t => {
  const trouble = { text: 'home.trouble.refused', todo: 'home.trouble.tell' }
  const nextTryAt = 'Nov 23, 2026, 4:11 PM UTC'
  const body = await html(t, 'home', { ...home, trouble: { ...trouble, code: '<odd>', nextTryAt } })
  const [, card = ''] = /<section class="card card-warning" role="status">([^]*)/.exec(body) ?? []
  t.match(card, /<h1>The application needs attention<\/h1>[^]*<code dir="ltr">&lt;odd&gt;<\/code>/)
  t.match(body, 'The next automatic attempt is at Nov 23, 2026, 4:11 PM UTC at the earliest.')
  t.equal(body.match(/<h1>/g)?.length, 1)
  t.match(body, `value="${home.link}"`, 'the link is there all the same')
  t.match(body, '<h2 class="page-title">Share the application</h2>')
  const bare = await html(t, 'home', { ...home, trouble })
  t.notMatch(bare, /Error code|at the earliest/)
})

await t.test('install page: shows what was bound and what was skipped', async t => {
  const bound = [{ code: 'LEFT_MENU', title: '' }, { code: 'REST_APP_URI', title: 'Links & co.' }]
  const body = await html(t, 'install', { bound, skipped: [placement] })
  t.match(body, 'data-install="done"')
  t.match(body, '<li><code dir="ltr">LEFT_<wbr>MENU</code>')
  t.match(body, '<li><bdi>Links &amp; co.</bdi> <code dir="ltr">REST_<wbr>APP_<wbr>URI</code>')
  t.match(body, '<bdi>Supplies</bdi> <code dir="ltr">CRM_<wbr>DEAL_<wbr>DETAIL_<wbr>TAB</code>')
  t.match(body, 'the scope &quot;crm&quot; is missing')
  const bare = await html(t, 'install', { bound: [], skipped: [] })
  t.match(bare, 'No placement was added.')
  t.notMatch(bare, '<table')
})

await t.test('error page: tells what happened, what to do, and what support needs', async t => {
  for (const pageName of errorPageNames) {
    const body = await html(t, 'error', { ...mismatch, pageName }, 'de')
    t.notMatch(body, `error.${pageName}`, `${pageName} has its texts`)
    for (const value of ['req-1', 'B24_<wbr>ERR_<wbr>OPTIONS_<wbr>MISMATCH', '400']) {
      t.match(body, `<code dir="ltr">${value}</code>`)
    }
  }
  const body = await html(t, 'error', { ...mismatch, parameter: 'docId', label: '<Document>' })
  t.match(body, /<textarea[^>]*>Error code: B24_ERR_OPTIONS_MISMATCH\n/, 'what is copied is whole')
  t.match(body, '<dt>Parameter</dt><dd><strong><bdi>&lt;Document&gt;</bdi></strong></dd>')
  t.match(body, '<dt>Parameter</dt><dd><code dir="ltr">docId</code>')
})

await t.test('page: looks for its files where the scope that it is registered in has them', async t => {
  const app = await build(t)
  for (const prefix of ['/b24', '/deep/er/']) {
    app.register(async scope => {
      await scope.register(page)
      scope.get('/page', async (_request, reply) => await reply.page('outside'))
    }, { prefix })
  }
  for (const prefix of ['/b24', '/deep/er']) {
    const { body } = await app.inject(`${prefix}/page`)
    const files = [...body.matchAll(/(?:href|src|data-sdk)="([^"]+)"/g)].map(([, path = '']) => path)
    t.ok(files.length >= 4, body)
    for (const url of files) t.equal((await app.inject(url)).statusCode, 200, url)
  }
})

await t.test('page: checks its options at registration', async t => {
  // What JavaScript could pass.
  const rows: Array<[options: Record<string, unknown>, message: string]> = [
    [{ views: 'views' }, 'page: options.views must be a list of absolute paths'],
    [{ views: ['views'] }, 'page: options.views must be a list of absolute paths'],
    ...['b24', '/b24/', '/b 24', '//b24'].map((base): typeof rows[number] =>
      [{ base }, 'page: options.base must be a path such as /b24']),
    [{ colorScheme: 'dark' }, 'page: options.colorScheme must be one of light, system'],
    [{ meta: {} }, 'page: options.meta must be a function']
  ]
  for (const [options, message] of rows) {
    const registered = build(t, app => app.register(page, options as PageOptions))
    await t.rejects(registered, { name: 'TypeError', message })
  }
})

await t.test('assets: serves any name that an address can hold', async t => {
  const names = ['[a].js', '{a,b}.js', 'a b.js', 'ü.js', 'a+b&c;d=e@$.js', '(a)!~\'".js', 'deep/^|<>.js']
  const folder = t.testdir({ public: { deep: {} }, views: { 'own.eta': '<i data-url="<%= it.asset(it.name) %>">' } })
  for (const name of names) writeFileSync(`${folder}/public/${name}`, `// ${name}`)
  for (const name of names) {
    const app = await appFor(t, { views: [`${folder}/views`], public: [`${folder}/public`] },
      { view: 'own', data: { name } })
    const [, address = ''] = /data-url="(.*?)">/.exec((await app.inject('/page')).body) ?? []
    const unescaped = address.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'").replaceAll('&amp;', '&')
    const { pathname, search } = new URL(unescaped, 'https://service.example')
    t.equal((await app.inject(pathname + search)).body, `// ${name}`, name)
  }
})

await t.test('assets: names a file whose name no address can hold', async t => {
  for (const name of ['*.js', ':x.js', 'deep/what?.js', 'a#b.js', '50%.js', 'a\\b.js']) {
    const folder = t.testdir({ deep: {}, name })
    writeFileSync(`${folder}/${name}`, '')
    await t.rejects(appFor(t, { public: [folder] }), {
      code: 'B24_ERR_ASSET_NAME',
      message: `${folder}/${name} cannot be served by its name: rename it without * : ? # % or \\`
    })
  }
})
