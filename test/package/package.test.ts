import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { sandbox, type Sandbox } from '../../sandbox/index.ts'
import { listening, root, unmeasured } from '../app/process.ts'
import { blockThatBegins, read } from '../docs/pages.ts'
import { freePort, postForm, sessionIn } from '../service.ts'
import { until } from '../until.ts'
import { installIn, newFolder, pack, runIn } from './packed.ts'

const packed = await pack()
const folder = await newFolder()
const node = (file: string, env: object) =>
  spawn('env', [...unmeasured, process.execPath, file], { cwd: folder, env: { ...process.env, ...env } })
const install = (...packages: string[]) => installIn(folder, ...packages)

const { devDependencies, exports: exported } = JSON.parse(read('package.json'))
await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }')
await install(packed.tarball, `typescript@${devDependencies.typescript}`,
  `@types/node@${devDependencies['@types/node']}`)

/** The whole embedding, and the one of the core only, as docs/plugins.md shows them. */
const host = ["import Fastify from 'fastify'", "import { app, loadConfig } from 'fastify-bitrix24'"].join('\n')
const embeddings = {
  'whole.ts': blockThatBegins(`${host}\n\nconst fastify = Fastify()\nfastify.get`),
  'core.ts': blockThatBegins("import formbody from '@fastify/formbody'")
}

/** Starts a file of the folder, ended with the test. */
async function start (t: Test, file: string, variables: Record<string, string>, url: string): Promise<void> {
  const child = node(file, variables)
  const [errors, ended] = [text(child.stderr), once(child, 'exit')]
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  if (!await Promise.race([listening(url), ended.then(() => false)])) throw new Error(await errors)
}

/** A sandbox portal, and the settings of an application at this path. */
async function portalFor (t: Test, path: string): Promise<{ bitrix24: Sandbox, url: string, origin: string }> {
  const origin = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: origin + path })
  t.after(() => bitrix24.close())
  return { bitrix24, url: origin + path, origin }
}

/** Runs the service in a host: it is installed, opened, and leaves /health to its host. */
async function checkWhole (t: Test): Promise<void> {
  const { bitrix24, url, origin } = await portalFor(t, '/b24')
  await start(t, 'whole.ts', bitrix24.env, `${origin}/health`)
  t.strictSame(await (await fetch(`${origin}/health`)).json(), { status: 'the host is well' })
  t.equal((await bitrix24.install()).status, 200)
  const { alpha } = bitrix24.portals
  await until(() => alpha.placements.length > 0)
  const { url: handler, payload } = alpha.placementCall('DEFAULT')
  const page = await postForm(handler, payload)
  t.equal(page.status, 200)
  const paths = [...page.text.matchAll(/(?:src|href|data-sdk)="(\/[^"]+\?v=[^"]+)"/g)].map(([, path = '']) => path)
  t.ok(paths.length >= 4)
  for (const path of paths) t.equal((await fetch(origin + path)).status, 200, path)
  const headers = { authorization: `Bearer ${sessionIn(page)}` }
  t.match(await (await fetch(`${url}/api/me`, { headers })).json(), { user: { id: 1 } })
}

await t.test('package: is small, and holds no source maps', async t => {
  t.ok(packed.size < 600_000, `${packed.size} bytes`)
  t.strictSame(packed.files.filter(({ path }) => path.endsWith('.map')), [])
})

await t.test('package: exports only what the docs name', async t => {
  const docs = ['plugins', 'testing', 'frontend', 'client'].map(page => read(`docs/${page}.md`)).join('')
  for (const name of Object.keys(exported).filter(name => !name.includes('*') && name !== './package.json')) {
    t.match(docs, `'${name.replace('.', 'fastify-bitrix24')}'`, name)
  }
  const pluginOf = ({ path }: { path: string }) => /^dist\/plugins\/(.+)\/index\.js$/.exec(path)?.[1] ?? ''
  const plugins = packed.files.map(pluginOf).filter(Boolean)
  for (const name of plugins) t.match(docs, `\`fastify-bitrix24/plugins/${name}\``)
})

await t.test('package: the examples of the docs compile, its own types included', async t => {
  const page = await readFile(join(root, 'docs/plugins.md'), 'utf8')
  const blocks = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = '']) => code)
  t.equal(blocks.length, 4)
  for (const [index, code] of blocks.entries()) await writeFile(join(folder, `block-${index}.ts`), code)
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024'],
      types: ['node'],
      strict: true,
      skipLibCheck: false,
      noEmit: true
    },
    include: ['block-*.ts']
  }))
  const faults = await runIn(folder, 'npx', 'tsc').then(() => '', ({ stdout }: { stdout: string }) => stdout)
  t.equal(faults, '')
})

await t.test('package: the whole app runs in a host, under a prefix', async t => {
  await writeFile(join(folder, 'whole.ts'), embeddings['whole.ts'])
  await checkWhole(t)
})

await t.test('package: three plugins take a call in a host, in under 15 lines', async t => {
  const { bitrix24, url } = await portalFor(t, '')
  const { B24_CLIENT_ID: id, B24_CLIENT_SECRET: secret, B24_OAUTH_SERVERS: server, PORT = '' } = bitrix24.env
  const code = embeddings['core.ts']
  const hosts = /^(import (?:formbody|Fastify)|const fastify|fastify.get|await .*(?:formbody|listen)|$)/
  const ours = code.split('\n').filter(line => !hosts.test(line))
  t.ok(ours.length < 15, `${ours.length} lines`)
  const client = `clientId: '${id}', clientSecret: '${secret}'`
  const settings = `{ ${client}, servers: ['${server}'], allowInsecurePortals: true }`
  await writeFile(join(folder, 'core.ts'), code.replace(/\{ clientId: .* \}/, settings))
  await start(t, 'core.ts', { PORT }, `${url}/health`)
  const { alpha } = bitrix24.portals
  alpha.installed = true
  const call = alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID: '8061' }, handler: `${url}/widget` })
  t.strictSame(JSON.parse((await postForm(call.url, call.payload)).text), { user: { id: 1 }, deal: { ID: '8061' } })
  t.equal((await postForm(call.url, call.payload.replace(/AUTH_ID=\w+/, 'AUTH_ID=forged'))).status, 401)
})

await t.test('package: runs on the oldest Fastify allowed, and on none before', async t => {
  await install('fastify@5.10.0')
  await checkWhole(t)
  await install('--force', 'fastify@5.9.0')
  const { bitrix24 } = await portalFor(t, '/b24')
  const child = node('whole.ts', bitrix24.env)
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  t.equal(code, 1)
  t.match(said, "fastify-bitrix24 - expected '>=5.10.0 <6' fastify version, '5.9.0' is installed")
})
