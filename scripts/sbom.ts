// node scripts/sbom.ts [lock file]: writes dist/sbom.json (CycloneDX), what a production install holds. Made from the
// lock file, so that it is the same on every machine, and says nothing of the one that made it. The image names the
// lock file that npm leaves in node_modules: what is really there, OpenTelemetry too where it was wanted.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

interface Locked { dev?: boolean, optional?: boolean, devOptional?: boolean }

const root = dirname(import.meta.dirname)
const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'))
const { devDependencies, ...manifest } = read('package.json')
const { packages, ...lock } = read(process.argv[2] ?? 'package-lock.json') as { packages: Record<string, Locked> }

// As the Dockerfile installs. Not `npm sbom --omit dev`: it leaves out what a development dependency needs, too, even
// if it is a dependency of ours.
const installed = Object.fromEntries(Object.entries(packages)
  .filter(([, { dev, optional, devOptional }]) => !(dev || optional || devOptional)))

const folder = mkdtempSync(join(tmpdir(), 'sbom-'))
try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  const locked = { ...lock, packages: { ...installed, '': manifest } }
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(locked))
  const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26
  })
  const { serialNumber, metadata: { timestamp, component, ...metadata }, ...sbom } = JSON.parse(text)
  // npm names it after the folder.
  const named = { ...sbom, metadata: { ...metadata, component: { ...component, name: manifest.name } } }
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(join(root, 'dist/sbom.json'), `${JSON.stringify(named, null, 1)}\n`)
} finally {
  rmSync(folder, { recursive: true })
}
