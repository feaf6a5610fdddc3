import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startService } from '../../service.ts'
import { runHere, runTool } from '../../tool.ts'
import { build, copyProject, openTab, serve } from './project.ts'

await t.test('build: writes the entries, and says so', async t => {
  const project = copyProject(t)
  t.match(await build(project, { isMeasured: true }), /^Built board, order, plain, in \d+ ms\.\n$/)
  const record = JSON.parse(project.read('ui/record.json'))
  t.match(Object.keys(record.entries.order.sources).sort(), [
    'frontend/board/board.css', 'frontend/colours.css', 'frontend/common/page.js', 'frontend/order.html',
    'frontend/order.server.js', 'frontend/order/Notes.vue', 'frontend/order/Order.vue', 'frontend/order/icon.svg',
    'frontend/order/main.js', 'frontend/plain.css'
  ])
  t.equal(existsSync(join(project.application, '.ui-new')), false)
  for (const change of [['frontend/colours.css', 'light dark', 'dark'], ['frontend/board.server.jsx', '{}', 'null']]) {
    const [path = '', from = '', to = ''] = change
    project.edit(path, from, to)
    await t.rejects(serve(t, project), { code: 'B24_ERR_FRONTEND_BUILD', message: new RegExp(`\\(${path}\\)`) })
    project.edit(path, to, from)
  }
  project.remove('frontend')
  const { status } = await openTab(await serve(t, project), {})
  t.equal(status, 200, 'the build is enough')
})

await t.test('build: a front end that was never built stops the start', async t => {
  const { application } = copyProject(t)
  await t.rejects(startService(t, { app: { application } }),
    { code: 'B24_ERR_FRONTEND_BUILD', message: 'The front end has no build: run fastify-bitrix24 build' })
})

await t.test('build: names the file that is broken, and leaves the build of before', async t => {
  const project = copyProject(t)
  await build(project)
  const before = project.read('ui/record.json')
  project.edit('frontend/order/Order.vue', '</h1>', '')
  const { code, stderr } = await runTool('build', ['--application', project.application], {}, { isMeasured: true })
  t.equal(code, 1)
  t.match(stderr, /Order\.vue/)
  t.notMatch(stderr, /\n +at /)
  t.equal(project.read('ui/record.json'), before)
})

await t.test('build: builds nothing where there is no entry', async t => {
  const application = t.testdir({})
  t.match(await runHere(t, ['build'], { APPLICATION: application }),
    { code: 0, stdout: /^Built nothing: there is no entry in frontend\/, in \d+ ms\.\n$/ })
  t.strictSame(existsSync(join(application, 'ui')), false)
  const none = join(application, 'none')
  t.match(await runHere(t, ['build'], { APPLICATION: none }), { code: 2, stderr: /There is no folder/ })
})

await t.test('build: works without settings, and where the server renders nothing', async t => {
  const application = t.testdir({ 'package.json': '{ "type": "module" }', frontend: { 'plain.ts': 'console.log(1)' } })
  t.match(await runTool('build', ['--application', application], {}, { isMeasured: true }),
    { code: 0, stdout: /^Built plain, / })
  const { entries: { plain } } = JSON.parse(readFileSync(join(application, 'ui/record.json'), 'utf8'))
  t.match(plain, { html: /src="\/ui\/assets\/plain-[\w-]+\.js"/, sources: { 'frontend/plain.ts': String } })
  t.notOk('server' in plain)
})

await t.test('build: says in a sentence that Vite is not installed', async t => {
  // Outside of this repository, whose Vite would be found.
  const root = mkdtempSync(join(tmpdir(), 'without-vite-'))
  t.after(() => { rmSync(root, { recursive: true }) })
  cpSync(copyProject(t).application, join(root, 'application'), { recursive: true })
  const message = /^Vite is not installed in \/.*, where the front end needs it: npm install --save-dev vite\n?$/
  t.match(await runTool('build', ['--application', join(root, 'application')]), { code: 1, stderr: message })
  await t.rejects(
    startService(t, { env: { NODE_ENV: 'development' }, app: { application: join(root, 'application') } }),
    { code: 'B24_ERR_FRONTEND_VITE', message })
})
