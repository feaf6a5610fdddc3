import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { root, unmeasuredNode } from '../../app/process.ts'
import { blockThatBegins } from '../../docs/pages.ts'
import { runIn } from '../../my-app.ts'
import { cli, runHere } from '../../tool.ts'

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'))

await t.test('init: writes an application, and says how to go on', async t => {
  const folder = join(t.testdir({}), 'my-app')
  t.match(await runHere(t, ['init', folder]), { code: 0, stderr: '', stdout: /npm install\n +npm run dev\n/ })
  t.strictSame(readdirSync(folder).sort(), ['.dockerignore', '.env.example', '.gitignore', 'Dockerfile', 'README.md',
    'application', 'compose.yaml', 'package.json', 'test', 'tsconfig.json'])
  const own = json(join(root, 'package.json'))
  t.match(json(join(folder, 'package.json')), {
    name: 'my-app',
    engines: own.engines,
    dependencies: {
      'fastify-bitrix24': `^${own.version}`, '@sinclair/typebox': own.dependencies['@sinclair/typebox']
    },
    devDependencies: {
      typescript: own.devDependencies.typescript, '@types/node': own.devDependencies['@types/node']
    }
  })
  t.equal(parse(readFileSync(join(folder, 'compose.yaml'), 'utf8')).name, 'my-app')
  t.match(readFileSync(join(folder, 'Dockerfile'), 'utf8'),
    '\nFROM fastify-bitrix24\nCOPY application /app/application\n')
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())) {
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
    t.notMatch(text, /\{\{(?:name|version)\}\}/, entry.name)
  }
})

await t.test('init: writes into the folder that it runs in', async t => {
  const folder = join(t.testdir({ here: {} }), 'here')
  const { code, stdout } = await runHere(t, ['init', '.'], {}, folder)
  t.strictSame({ code, stdout }, { code: 0, stdout: 'here is written. Now:\n\n  npm install\n  npm run dev\n\n' })
  t.ok(readdirSync(folder).includes('package.json'))
})

await t.test('init: writes the kind of application that is asked for', async t => {
  const parent = t.testdir({})
  const own = json(join(root, 'package.json'))
  for (const [kind, files] of Object.entries({
    plain: ['application/views/deal-tab.eta', 'application/public/deal-tab.js'],
    vue: ['application/frontend/deal-tab/DealTab.vue', 'application/frontend/tsconfig.json', 'vite.config.ts'],
    react: ['application/frontend/deal-tab/DealTab.tsx', 'application/frontend/tsconfig.json', 'vite.config.ts']
  })) {
    const folder = join(parent, kind)
    t.match(await runHere(t, ['init', folder, `--${kind}`]), { code: 0, stderr: '' })
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    for (const file of ['application/routes/api/deal-comments.ts', 'test/browser/deal-tab.test.ts', ...files]) {
      t.ok(all.includes(file), file)
    }
    const { name, scripts, devDependencies } = json(join(folder, 'package.json'))
    t.match({ name, scripts }, { name: kind, scripts: { dev: 'fastify-bitrix24 dev', typecheck: /^tsc/ } })
    // What is tested here is what an application begins with.
    for (const [name, version] of Object.entries(devDependencies)) {
      const tested = own.devDependencies[name]
      if (!/react/.test(name) && tested !== undefined) t.equal(version, tested, `${name} of ${kind}`)
    }
    t.equal(scripts.build, kind === 'plain' ? undefined : 'fastify-bitrix24 build')
    t.match(readFileSync(join(folder, 'Dockerfile'), 'utf8'), /^FROM fastify-bitrix24\nCOPY application \/app\/application$/m)
  }
  t.match(await runHere(t, ['init', join(parent, 'both'), '--react', '--vue']),
    { code: 2, stderr: '--vue and --react exclude each other: choose one.\n' })
  t.strictSame(readdirSync(parent).sort(), ['plain', 'react', 'vue'])
})

await t.test('init: a widget is typed that imports nothing of the package', async t => {
  const folder = join(t.testdir({}), 'my-app')
  await runHere(t, ['init', folder])
  for (const name of ['@types', '@sinclair/typebox', '@fastify/type-provider-typebox', 'fastify', 'playwright-core']) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), link)
  }
  symlinkSync(root, join(folder, 'node_modules/fastify-bitrix24'))
  const file = join(folder, 'tsconfig.json')
  const settings = json(file)
  const { types } = settings.compilerOptions
  t.strictSame(types, ['node', 'fastify-bitrix24'], 'no other file has to bring the types along')
  // The package is not built here, and `types` takes no sources: they are imported instead.
  writeFileSync(join(folder, 'package.d.ts'), "import 'fastify-bitrix24'\n")
  Object.assign(settings, { files: ['application/placements/CRM_LEAD_DETAIL_TAB.ts', 'package.d.ts'], include: [] })
  Object.assign(settings.compilerOptions, { types: ['node'], customConditions: ['fastify-bitrix24-source'] })
  writeFileSync(file, JSON.stringify(settings))
  const widget = blockThatBegins('// application/placements/CRM_LEAD_DETAIL_TAB.ts')
  const write = (text: string) => { writeFileSync(join(folder, 'application/placements/CRM_LEAD_DETAIL_TAB.ts'), text) }
  const compile = () => runIn(folder, [join(root, 'node_modules/.bin/tsgo'), '--singleThreaded'])
  write(widget)
  t.strictSame(await compile(), { code: 0, printed: '' })
  write(widget.replace('options.ID', 'options.NOPE'))
  t.match(await compile(), { printed: /Property 'NOPE' does not exist/ })
})

await t.test('init: takes an empty folder', async t => {
  const folder = join(t.testdir({ empty: {} }), 'empty')
  t.match(await runHere(t, ['init', folder]), { code: 0 })
})

await t.test('init: writes nothing where something is, or with a wrong name', async t => {
  const folder = t.testdir({ full: { 'notes.txt': 'mine' }, file: 'mine' })
  const rows: Array<[args: string[], sentence: RegExp]> = [
    [[], /^init needs a folder, such as my-app, or "\." for this one\.\n$/],
    [[''], /^init needs a folder, such as my-app, or "\." for this one\.\n$/],
    [[join(folder, 'full')], /^The folder \S+full is not empty: nothing was written\.\n$/],
    [[join(folder, 'file')], /^\S+file is a file: choose another name\.\n$/],
    [[join(folder, 'My App')], /^My App cannot be the name of an application: up to 214 lower-case letters, [^\n]+\n$/],
    [[join(folder, '.app')], /^\.app cannot be the name of an application: [^\n]+\n$/],
    [[join(folder, 'a'.repeat(215))], /cannot be the name of an application: /],
    [[join(folder, 'fastify')], /^An application cannot be called fastify: choose another name\.\n$/]
  ]
  for (const [args, stderr] of rows) t.match(await runHere(t, ['init', ...args]), { code: 2, stdout: '', stderr })
  t.strictSame(readdirSync(folder).sort(), ['file', 'full'])
  t.strictSame(readdirSync(join(folder, 'full')), ['notes.txt'])
})

await t.test('init: leaves nothing behind where it cannot write all', async t => {
  const cwd = t.testdir({ empty: {}, file: '' })
  for (const folder of ['new', 'empty']) {
    // No file may have more than a kilobyte.
    const [program, args] = unmeasuredNode(cli, 'init', folder)
    const { status, stderr } = spawnSync('bash', ['-c', 'ulimit -f 1; exec "$0" "$@"', program, ...args],
      { cwd, encoding: 'utf8' })
    t.equal(status, 1)
    t.match(stderr, /^EFBIG: [^\n]+\n$/)
  }
  t.match(await runHere(t, ['init', 'file/my-app'], {}, cwd), { code: 1, stderr: /^ENOTDIR: [^\n]+\n$/ })
  t.strictSame(readdirSync(cwd), ['empty', 'file'])
})
