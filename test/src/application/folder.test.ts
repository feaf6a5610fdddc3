import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { applicationFolders, loadPlugins } from '../../../src/application/folder.ts'
import { nameDuplicates } from '../../../src/application/route-sources.ts'
import { build } from '../../build.ts'

type Files = NonNullable<Parameters<Test['testdir']>[0]>

/** A Fastify with the plugins or routes in these files. */
async function load (t: Test, files: Files) {
  const folder = t.testdir({ 'package.json': '{"type":"module"}', files })
  const app = await build(t, app => loadPlugins(app, `${folder}/files`))
  await app.ready()
  return app
}
const route = (path: string) => `export default async fastify => { fastify.get('${path}', async () => 'from ${path}') }`

await t.test('applicationFolders: has what is there', async t => {
  const root = t.testdir({ placements: {}, views: {}, routes: 'a file' })
  const none = { screens: [], plugins: [], routes: [], public: [], locales: [], migrations: [] }
  const frontend = undefined
  t.strictSame(applicationFolders(root), {
    ...none, frontend, placements: [`${root}/placements`], views: [`${root}/views`]
  })
  t.strictSame(applicationFolders(undefined), { ...none, frontend, placements: [], views: [] })
})

await t.test('applicationFolders: has a front end by its sources or by its build', async t => {
  const root = t.testdir({ both: { frontend: {}, ui: {} }, sources: { frontend: {} }, build: { ui: {} } })
  const rows = [['both', true], ['sources', true], ['build', false]] as const
  for (const [name, hasSources] of rows) {
    const sources = hasSources ? `${root}/${name}/frontend` : undefined
    t.strictSame(applicationFolders(`${root}/${name}`).frontend, { sources, build: `${root}/${name}/ui` })
  }
})

await t.test('applicationFolders: refuses a folder that is not there', async t => {
  const root = t.testdir({ file: '' })
  for (const path of [`${root}/missing`, `${root}/file`]) {
    t.throws(() => applicationFolders(path), {
      code: 'B24_ERR_APPLICATION_FOLDER',
      message: new RegExp(`^APPLICATION must name a folder that this process can read: ENO.*'${path}'$`)
    })
  }
})

await t.test('applicationFolders: says that a folder is not read whose name is nearly one that is', async t => {
  const slips = [
    ['screen', 'screens'], ['placement', 'placements'], ['palcements', 'placements'], ['Views', 'views'],
    ['locale', 'locales'], ['plugin', 'plugins'], ['front-end', 'frontend'], ['migration', 'migrations'],
    ['route', 'routes'], ['publik', 'public']
  ]
  const own = [
    'src', 'lib', 'libs', 'helpers', 'node_modules', 'dist', 'test', 'tests', 'crm', 'api', 'types', 'utils', 'files',
    'pages', 'services', 'assets', 'styles', 'gui', 'backend', 'news', 'reviews', 'integrations'
  ]
  const folders = Object.fromEntries([...slips.flat(), ...own, 'ui'].map(name => [name, {}]))
  const root = t.testdir({ ...folders, 'screens.ts': '', view: 'a file' })
  const said: string[] = []
  applicationFolders(root, { warn: (text: string) => { said.push(text) } })
  t.strictSame(said.sort(), slips.map(([slip, name]) => `${root}/${slip} is not read: is ${name}/ meant?`).sort())
  t.ok(applicationFolders(root))
})

await t.test('applicationFolders: says where it cannot look', t => {
  const root = t.testdir({ views: t.fixture('symlink', 'views') })
  t.throws(() => applicationFolders(root), { code: 'ELOOP', path: `${root}/views` })
  t.end()
})

await t.test('loadPlugins: makes prefixes of folders, as fastify-cli does', async t => {
  const app = await load(t, {
    'root.js': route('/'),
    api: { 'comments.js': route('/comments'), 'index.ts': route('/'), '_texts.js': 'export const text = 1' },
    _lib: { 'helper.js': 'this is no JavaScript' }
  })
  for (const [url, body] of [['/', 'from /'], ['/api/comments', 'from /comments'], ['/api/', 'from /']] as const) {
    t.equal((await app.inject(url)).body, body, url)
  }
})

await t.test('loadPlugins: leaves tests and declarations of types alone', async t => {
  const app = await load(t, { 'a.js': route('/a'), 'a.test.js': 'throw new Error("run")', 'a.d.ts': 'export {}' })
  t.equal((await app.inject('/a')).statusCode, 200)
})

await t.test('loadPlugins: names a file without a default export', async t => {
  await t.rejects(load(t, { api: { 'comments.js': 'export const comments = 1' } }), {
    code: 'B24_ERR_EXPORT_MISSING', message: /\/files\/api\/comments\.js has no plugin as its default export$/
  })
})

await t.test('loadPlugins: refuses symbolic links that it would skip', async t => {
  for (const name of ['lib', 'a.js']) {
    const link = t.fixture('symlink', `../_${name}`)
    await t.rejects(load(t, { _lib: {}, '_a.js': route('/a'), api: { [name]: link } }), {
      code: 'B24_ERR_APPLICATION_FILE', message: new RegExp(`/files/api/${name}: is a symbolic link, .* move there`)
    })
  }
  const text = t.fixture('symlink', '/dev/null')
  const app = await load(t, { 'b.js': route('/b'), 'README.md': text, _lib: t.fixture('symlink', '/'), '.#b.js': text })
  t.equal((await app.inject('/b')).statusCode, 200)
})

await t.test('loadPlugins: names both files of a route that two declare', async t => {
  const nested = 'export default async app => { app.register(async app => { app.put("/", async () => "") }) }'
  const both = (files: Files) => async (app: FastifyInstance) => {
    app.get('/earlier', async () => 'ours, too')
    nameDuplicates(app)
    app.get('/ours', async () => 'ours')
    await loadPlugins(app, `${t.testdir({ 'package.json': '{"type":"module"}', files })}/files`)
  }
  const rows: Array<[files: Files, message: RegExp]> = [
    [{ 'a.js': route('/x'), 'b.js': route('/x') },
      /^The route GET \/x is declared twice: by \S+\/files\/a\.js and by \S+\/files\/b\.js$/],
    [{ 'c.js': route('/ours') }, /^The route GET \/ours is declared twice: by the service and by \S+\/files\/c\.js$/],
    [{ 'd.js': route('/earlier') }, /^The route GET \/earlier is declared twice: by the service and by \S+\/d\.js$/],
    [{ api: { 'a.js': nested, 'b.js': nested } }, /^The route PUT \/api .* by \S+\/api\/a\.js and by \S+\/api\/b\.js$/]
  ]
  for (const [files, message] of rows) {
    await t.rejects(build(t, both(files)), { code: 'B24_ERR_ROUTE_DUPLICATED', message })
  }
})
