import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageNames } from '../../plugins/traces/packages.ts'
import { sandbox } from '../../sandbox/index.ts'
import { environment, freePort } from '../service.ts'
import { listening, root, run, unmeasuredNode } from './process.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

await t.test('Dockerfile: runs the version of Node.js that the tests run on', async t => {
  const { devDependencies } = JSON.parse(read('package.json'))
  t.match(devDependencies.node, /^\d+\.\d+\.\d+$/)
  t.match(read('Dockerfile'), `ARG NODE_VERSION=${devDependencies.node}\nFROM node:\${NODE_VERSION}-`)
})

await t.test('Dockerfile: copies only what .dockerignore lets through', t => {
  const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name]) => name)
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
    .flatMap(([, names = '']) => names.split(' '))
  const mounted = [...read('Dockerfile').matchAll(/^RUN --mount=type=bind,source=(.+?),/gm)].map(([, name]) => name)
  t.strictSame([...new Set([...copied, ...mounted])].sort(), allowed.sort())
  t.end()
})

await t.test('compose files: limit memory and processes of every container', async t => {
  const [, scaled = ''] = /```yaml\n(# compose\.scale\.yaml[^]+?)```/.exec(read('docs/scaling.md')) ?? []
  const rows = [['compose.yaml', read('compose.yaml'), 1], ['compose.scale.yaml', scaled, 3]] as const
  for (const [name, file, containers] of rows) {
    for (const limit of [/^ +mem_limit: \d+[mg]$/gm, /^ +pids_limit: \d+$/gm]) {
      t.equal(file.match(limit)?.length, containers, `${name}: ${limit}`)
    }
  }
})

await t.test('compose files: the balancer asks all instances, also while none of them is ready', async t => {
  const [, scaled = ''] = /```yaml\n(# compose\.scale\.yaml[^]+?)```/.exec(read('docs/scaling.md')) ?? []
  const instances = [...scaled.matchAll(/^ {2}(\w+): (?:\*app|\{ <<: \*app)/gm)].map(([, name]) => `${name}:3000`)
  t.equal(instances.length, 2)
  const [, usually = '', noneIsReady = ''] = scaled.split(/^ +reverse_proxy /m)
  for (const part of [usually, noneIsReady]) t.match(part, instances.join(' '))
  t.match(usually, /health_uri \/ready$[^]+handle_errors \{$[^]+\{err\.status_code\} == 503/m)
  t.notMatch(noneIsReady, 'health_uri')
})

await t.test('Dockerfile: installs OpenTelemetry where TRACES is true', async t => {
  const [, argument, script = ''] = /^(ARG TRACES=false)$[^]+^RUN if \[ "\$TRACES" = true \]; then node (\S+); fi$/m
    .exec(read('Dockerfile')) ?? []
  t.ok(argument)
  t.match(read('.dockerignore'), `!${script}\n`)
  const folder = t.testdir({ 'package.json': read('package.json') })
  execFileSync(...unmeasuredNode(join(root, script)), { cwd: folder })
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const before = JSON.parse(read('package.json'))
  for (const name of [...packageNames('http/protobuf'), ...packageNames('http/json')]) {
    t.equal(dependencies[name], before.devDependencies[name], name)
    t.ok(before.peerDependenciesMeta[name].optional, name)
    t.equal(devDependencies[name], undefined)
  }
})

/** The folders of the image, with the source of the service in place of what is built from it. */
function layOut (folder: string): void {
  for (const part of ['src', 'plugins', 'routes', 'client', 'package.json']) {
    cpSync(join(root, part), join(folder, part), { recursive: true })
  }
  mkdirSync(join(folder, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules'))) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  const [, link = ''] = /^RUN (ln -s .+)$/m.exec(read('Dockerfile')) ?? []
  execFileSync('sh', ['-c', link], { cwd: folder })
}

const route = `import { handlerError } from 'fastify-bitrix24'
import type { FastifyPluginAsync } from 'fastify'
const ClosedError = handlerError('SHOP_CLOSED', 409, 'call', 'The shop is closed')
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.get('/shop', async () => { throw new ClosedError() })
}
export default plugin`

await t.test('Dockerfile: makes an image that runs the application in its folder', async t => {
  const rows = [['bare', {}], ['with a package.json', { 'package.json': '{"name":"shop","type":"module"}' }]] as const
  for (const [name, more] of rows) {
    const folder = t.testdir({ application: { routes: { 'shop.ts': route }, ...more } })
    layOut(folder)
    const url = `http://127.0.0.1:${await freePort()}`
    const bitrix24 = await sandbox({ appUrl: url })
    t.after(() => bitrix24.close())
    const { child, ended, text } = run('src/server.ts', environment(bitrix24, url), { cwd: folder })
    t.after(() => { child.kill('SIGKILL') })
    t.equal(await listening(`${url}/health`), true, `${name}: ${text()}`)
    // Its errors are known to the service, so both have loaded the same module.
    t.match(await (await fetch(`${url}/shop`)).json(), { error: 'SHOP_CLOSED', status: 409 }, name)
    child.kill('SIGTERM')
    t.equal(await ended, 0, name)
  }
})
