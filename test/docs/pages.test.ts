import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { unmeasuredNode } from '../app/process.ts'
import { loadConfig } from '../../src/config.ts'
import { pages, read, root } from './pages.ts'

const withoutCode = (text: string) => text.replaceAll(/^ *```[^]*?^ *```$/gm, '')

/** The anchors that GitHub gives the headings of a page. */
const anchorsOf = (page: string) => [...withoutCode(read(page)).matchAll(/^#+ (.+)$/gm)]
  .map(([, heading = '']) => heading.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-'))

await t.test('README: takes at most 6 KiB', async t => {
  t.ok(Buffer.byteLength(read('README.md')) <= 6 * 1024)
})

await t.test('docs: every link leads somewhere', async t => {
  for (const page of pages) {
    for (const [, target = ''] of withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      t.ok(existsSync(join(root, file)), `${page}: ${target}`)
      if (anchor !== undefined) t.ok(anchorsOf(file).includes(anchor), `${page}: ${target}`)
    }
  }
})

await t.test('docs: README links to every page', async t => {
  const readme = read('README.md')
  for (const page of pages.filter(page => page.startsWith('docs/'))) t.ok(readme.includes(`(${page})`), page)
})

await t.test('docs: configuration.md and .env.example name every variable', async t => {
  const asked = new Set<string>()
  t.throws(() => loadConfig(new Proxy({}, { get: (_, name) => { asked.add(String(name)) } })))
  for (const name of asked) {
    t.ok(read('docs/configuration.md').includes(`\`${name}\``), `docs/configuration.md: ${name}`)
    t.match(read('.env.example'), new RegExp(`^#? ?${name}=`, 'm'), `.env.example: ${name}`)
  }
})

await t.test('docs: plugins.md names every plugin', async t => {
  const named = [...read('docs/plugins.md').matchAll(/^\| `fastify-bitrix24\/plugins\/([\w-]+)`/gm)]
  t.strictSame(named.map(([, name]) => name).sort(), readdirSync(join(root, 'plugins')).sort())
})

await t.test('docs: plugins.md names every peer dependency', async t => {
  const { peerDependencies } = JSON.parse(read('package.json'))
  const named = [...read('docs/plugins.md').matchAll(/^\| `([\w@/-]+)` \| `([^`]+)` \|/gm)]
  t.strictSame(Object.fromEntries(named.map(([, name, version]) => [name, version])), peerDependencies)
})

await t.test('docs: name only files, codes and plugins that exist', async t => {
  const codes = read('docs/errors.md')
  for (const page of pages) {
    const text = read(page)
    for (const [code] of text.matchAll(/B24_ERR_[A-Z_]+/g)) t.ok(codes.includes(`\`${code}\``), `${page}: ${code}`)
    for (const [, name = ''] of text.matchAll(/fastify-bitrix24\/plugins\/([\w-]+)/g)) {
      t.ok(existsSync(join(root, 'plugins', name)), `${page}: ${name}`)
    }
  }
})

await t.test('docs: errors.md is generated from src/errors.ts', async t => {
  const script = join(root, 'scripts/docs-errors.ts')
  t.doesNotThrow(() => execFileSync(...unmeasuredNode(script, '--check'), { stdio: 'pipe' }))
})
