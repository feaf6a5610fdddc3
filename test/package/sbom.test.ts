import { execFileSync } from 'node:child_process'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { root, unmeasuredNode } from '../app/process.ts'
import { read } from '../docs/pages.ts'

interface Locked { version: string, name?: string, dev?: boolean, optional?: boolean, devOptional?: boolean }
interface Component { name: string, version: string, purl: string }

await t.test('sbom: lists what a production install holds, and no more', async t => {
  execFileSync(...unmeasuredNode('scripts/sbom.ts'), { cwd: root, stdio: 'pipe' })
  const text = read('dist/sbom.json')
  const { bomFormat, metadata, components } = JSON.parse(text)
  const { name, version, dependencies } = JSON.parse(read('package.json'))
  t.equal(bomFormat, 'CycloneDX')
  t.match(metadata.component, { name, version })
  const listed = new Set((components as Component[]).map(({ purl }) => decodeURIComponent(purl)))
  for (const dependency of Object.keys(dependencies)) {
    t.ok([...listed].some(purl => purl.startsWith(`pkg:npm/${dependency}@`)), dependency)
  }
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
  const installed = Object.entries(packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
    .map(([path, { version, name = path.replace(/^.*node_modules\//, '') }]) => `pkg:npm/${name}@${version}`)
  t.strictSame([...listed].sort(), [...new Set(installed)].sort())
  t.notMatch([...listed].join(' '), /npm\/(tap|eslint|typescript|react)@/)

  const { username, homedir } = userInfo()
  for (const own of [root, homedir, hostname(), username]) {
    t.notOk(text.includes(`${own}/`) || text.includes(`"${own}"`), 'names no folder, machine or user')
  }
})

await t.test('sbom: is the same when it is made again', t => {
  const make = () => {
    execFileSync(process.execPath, [join(root, 'scripts/sbom.ts')], { stdio: 'pipe' })
    return read('dist/sbom.json')
  }
  t.equal(make(), make())
  t.end()
})
