// Completes what tsc wrote into dist/: views, locales, assets, and compressed copies of what browsers load. The build
// mirrors the source, so that paths hold in both.
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const root = dirname(import.meta.dirname)
const dist = join(root, 'dist')

// The image is built without the sandbox.
const folders = globSync('{plugins,routes,sandbox}/**/{views,locales,assets}', { cwd: root })
for (const folder of folders) {
  rmSync(join(dist, folder), { recursive: true, force: true })
  cpSync(join(root, folder), join(dist, folder), { recursive: true })
}

for (const name of globSync('plugins/**/assets/*', { cwd: dist })) {
  const file = join(dist, name)
  const content = readFileSync(file)
  writeFileSync(`${file}.br`, brotliCompressSync(content))
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
}

// The package is small enough without the comments of what the sandbox sends to browsers.
for (const name of globSync('sandbox/assets/**/*.{js,css}', { cwd: dist })) {
  const file = join(dist, name)
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/^[ \t]*(\/\/.*|\/\*(?:(?!\*\/)[^])*\*\/)[ \t]*\n/gm, ''))
}
