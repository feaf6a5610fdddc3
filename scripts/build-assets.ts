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

// Browsers, and the package, need neither comments nor indents.
for (const name of globSync(['plugins/**/assets/*.js', 'sandbox/{assets,views}/**/*.{js,css,eta}'], { cwd: dist })) {
  const file = join(dist, name)
  const text = readFileSync(file, 'utf8').replaceAll(/^[ \t]*(\/\/.*|\/\*(?:(?!\*\/)[^])*\*\/)[ \t]*\n/gm, '')
  writeFileSync(file, text.replaceAll(/^[ \t]+/gm, ''))
}

for (const name of globSync('plugins/**/assets/*', { cwd: dist })) {
  const file = join(dist, name)
  const content = readFileSync(file)
  writeFileSync(`${file}.br`, brotliCompressSync(content))
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
}
