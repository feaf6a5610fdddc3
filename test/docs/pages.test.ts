import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { unmeasuredNode } from '../app/process.ts'
import { loadConfig } from '../../src/config.ts'
import { methods } from '../../sandbox/rest/methods/index.ts'
import { blocks, pages, read, root } from './pages.ts'

/** Where files of the repository are shown; `raw` for pictures. */
const inRepository = /https:\/\/github\.com\/fastify-bitrix24\/fastify-bitrix24\/(?:blob|raw)\/main\//

const withoutCode = (text: string) => text.replaceAll(/^ *```[^]*?^ *```$/gm, '')

/** The anchors that GitHub gives the headings of a page. */
const anchorsOf = (page: string) => [...withoutCode(read(page)).matchAll(/^#+ (.+)$/gm)]
  .map(([, heading = '']) => heading.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-'))

await t.test('README: takes at most 6 KiB, but for the addresses at its end', async t => {
  t.ok(Buffer.byteLength(read('README.md').replaceAll(/^\[.+\]: .+\n/gm, '')) <= 6 * 1024)
})

/** The links of a page that lead to a file of the repository, by their paths or by its address. */
function linksOf (page: string) {
  const links = withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)
  return [...links].flatMap(([, inline, reference]) => {
    const target = inline ?? reference ?? ''
    const isAbsolute = inRepository.test(target)
    if (!isAbsolute && /^https?:/.test(target)) return []
    const [path = '', anchor] = target.replace(inRepository, '').split('#')
    const file = path === '' ? page : isAbsolute ? path : join(dirname(page), path)
    return [{ target: `${page}: ${target}`, isAbsolute, file, anchor }]
  })
}

await t.test('docs: every link leads somewhere', async t => {
  for (const { target, file, anchor } of pages.flatMap(linksOf)) {
    t.ok(existsSync(join(root, file)), target)
    if (anchor !== undefined) t.ok(anchorsOf(file).includes(anchor), target)
  }
})

await t.test('docs: pages of the package lead to its files by paths, and to others in the repository', async t => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] }
  const found = (names: string[]) => globSync(names.flatMap(name => [name, `${name}/**`]), { cwd: root })
  const left = new Set(found(files.filter(name => name.startsWith('!')).map(name => name.slice(1))))
  // npm adds these by itself.
  const packed = new Set(found([...files.filter(name => !name.startsWith('!')), 'README.md', 'LICENSE', 'package.json'])
    .filter(file => !left.has(file)))
  for (const { target, isAbsolute, file } of pages.filter(page => packed.has(page)).flatMap(linksOf)) {
    t.equal(isAbsolute, !packed.has(file), target)
  }
})

await t.test('docs: pages of the package name only npm scripts that applications have', async t => {
  const scripts = globSync('templates/*/package.json', { cwd: root })
    .flatMap(file => Object.keys(JSON.parse(read(file)).scripts ?? {}))
  t.ok(scripts.includes('dev'))
  for (const page of pages.filter(page => /^docs\/[^/]+$/.test(page))) {
    for (const [command, script = ''] of read(page).matchAll(/npm run ([\w:-]+)/g)) {
      t.ok(scripts.includes(script), `${page}: ${command}`)
    }
  }
})

await t.test('docs: examples import what an application has declared, or what their page installs', async t => {
  const declared = globSync('templates/*/package.json', { cwd: root }).flatMap(file => {
    const { dependencies, devDependencies } = JSON.parse(read(file)) as Record<string, object | undefined>
    return Object.keys({ ...dependencies, ...devDependencies })
  })
  t.ok(declared.includes('fastify-bitrix24'))
  for (const { page, line, text } of blocks.filter(({ page }) => /^(?:README|docs\/[^/]+)\.md$/.test(page))) {
    const installed = [...read(page).matchAll(/npm install (?:--save-dev )?([^`\n]+)/g)]
      .flatMap(([, names = '']) => names.split(' '))
    for (const [, name = ''] of text.matchAll(/^ *import .*'((?:@[\w-]+\/)?[a-z][\w-]*)(?:\/[^']*)?'/gm)) {
      t.ok([...declared, ...installed].includes(name), `${page}:${line}: ${name}`)
    }
  }
})

await t.test('docs: README links to every page', async t => {
  const linked = linksOf('README.md').map(({ file }) => file)
  for (const page of pages.filter(page => page.startsWith('docs/'))) t.ok(linked.includes(page), page)
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

await t.test('docs: the sandbox has the REST methods that examples call', async t => {
  const called = /\b(?:call|list|pages)(?:<.*>)?\('([a-z.]+)'|\bmethod: '([a-z.]+)'/g
  const names = blocks.filter(({ language }) => language === 'ts').flatMap(({ page, text }) =>
    [...text.matchAll(called)].map(([, name, command]) => [page, name ?? command ?? ''] as const))
  t.ok(names.length > 10)
  for (const [page, name] of names) t.ok(methods.has(name), `${page}: ${name}`)
})

await t.test('docs: errors.md is generated from src/errors.ts', async t => {
  const script = join(root, 'scripts/docs-errors.ts')
  t.doesNotThrow(() => execFileSync(...unmeasuredNode(script, '--check'), { stdio: 'pipe' }))
})
