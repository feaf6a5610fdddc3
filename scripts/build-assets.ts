// Completes what tsc wrote into dist/: views, locales, assets, and compressed copies of what browsers load. The build
// mirrors the source, so that paths hold in both.
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { transform } from 'lightningcss'
import { minifySync } from 'vite'

/** The same for browsers, in fewer bytes. Throws what is wrong with it. */
function minified (filename: string, code: Buffer): string | Uint8Array {
  if (filename.endsWith('.css')) return transform({ filename, code, minify: true }).code
  // No newer syntax than was written.
  const { code: script, errors: [error] } = minifySync(filename, code.toString(), { compress: { target: 'es2022' } })
  if (error !== undefined) throw new Error(`${filename}: ${error.codeframe}`)
  return script
}

const root = dirname(import.meta.dirname)
const dist = join(root, 'dist')

// The image is built without the sandbox.
const folders = globSync('{plugins,routes,sandbox}/**/{views,locales,assets}', { cwd: root })
for (const folder of folders) {
  rmSync(join(dist, folder), { recursive: true, force: true })
  cpSync(join(root, folder), join(dist, folder), { recursive: true })
}

for (const name of globSync('{plugins,sandbox}/**/assets/**/*.{js,css}', { cwd: dist })) {
  const file = join(dist, name)
  writeFileSync(file, minified(name, readFileSync(file)))
}

// A text takes a line in the source and none here.
for (const name of globSync('{plugins,routes,sandbox}/**/locales/*.json', { cwd: dist })) {
  const file = join(dist, name)
  writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))))
}

// Every browser takes Brotli over HTTPS.
for (const name of globSync('plugins/**/assets/*', { cwd: dist })) {
  const file = join(dist, name)
  writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file)))
}
