// Takes from dist what users of the package have no use for: declarations that nobody can reach, as only what the
// package exports is imported, and of the sandbox its white space and the names of what only a function sees, which
// serve none of their users. Traces of errors still name the functions. The many small files of the sandbox become a
// few, as each costs a header and its imports.
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build, minifySync } from 'vite'

const root = dirname(import.meta.dirname)
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types?: string }>
}
const entries = Object.values(exports).flatMap(entry => typeof entry === 'object' && entry.types ? [entry.types] : [])

const reached = new Set(globSync(entries, { cwd: root }).map(file => join(root, file)))
for (const file of reached) {
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from |import |import\()['"](\.[^'"]+)\.[jt]s['"]/g)
  for (const [, path = ''] of imports) {
    reached.add(join(dirname(file), `${path}.d.ts`))
  }
}
for (const name of globSync('dist/**/*.d.ts', { cwd: root })) {
  const file = join(root, name)
  if (!reached.has(file)) rmSync(file)
}

const sandbox = join(root, 'dist/sandbox')
const scripts = globSync('**/*.js', { cwd: sandbox, exclude: ['assets'] }).map(name => join(sandbox, name))
// A file that looks for others beside it stays where it is.
const bundled = scripts.filter(file => !readFileSync(file, 'utf8').includes('import.meta'))
const imported = scripts.filter(file => !bundled.includes(file)).flatMap(file => {
  const imports = readFileSync(file, 'utf8').matchAll(/['"](\.[^'"]+\.js)['"]/g)
  return [...imports].map(([, name = '']) => join(dirname(file), name))
})
// What the package exports, and the programs that its commands start.
const programs = ['index.js', 'replay.js', 'dev/index.js'].map(name => join(sandbox, name))
const inputs = bundled.filter(file => imported.includes(file) || programs.includes(file))
// Beside the sandbox: so the addresses of what it imports stay true.
const outDir = `${sandbox}-bundled`
await build({
  configFile: false,
  root,
  logLevel: 'warn',
  build: {
    ssr: true,
    outDir,
    minify: false,
    copyPublicDir: false,
    rolldownOptions: {
      input: Object.fromEntries(inputs.map(file => [relative(sandbox, file).slice(0, -'.js'.length), file])),
      external: (id, importer) =>
        importer !== undefined && !bundled.includes(id.startsWith('.') ? join(dirname(importer), id) : id),
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' }
    }
  }
})
bundled.forEach(file => rmSync(file))
cpSync(outDir, sandbox, { recursive: true })
rmSync(outDir, { recursive: true })

function print (name: string, options: Parameters<typeof minifySync>[2]): void {
  const file = join(root, name)
  const { code, errors: [error] } = minifySync(name, readFileSync(file, 'utf8'), options)
  if (error !== undefined) throw new Error(`${name}: ${error.codeframe}`)
  writeFileSync(file, code)
}
for (const name of globSync('dist/sandbox/**/*.js', { cwd: root, exclude: ['dist/sandbox/assets'] })) {
  print(name, { compress: { keepNames: { function: true, class: true } }, mangle: { keepNames: true } })
}
// Lines stay lines: what a browser shows of them is the same.
for (const name of globSync('dist/sandbox/views/**/*.eta', { cwd: root })) {
  const file = join(root, name)
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/^ +/gm, ''))
}
// What runs in a service stays as legible as its sources; only the indentation shrinks.
const ours = 'dist/{src,plugins,routes,client,test}/**/*.js'
for (const name of globSync(ours, { cwd: root, exclude: ['dist/plugins/*/assets'] })) {
  print(name, { compress: false, mangle: false, codegen: { removeWhitespace: false } })
}
