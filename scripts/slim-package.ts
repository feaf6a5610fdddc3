// Takes from dist what users of the package have no use for: declarations that nobody can reach, as only what the
// package exports is imported, and of the sandbox its white space and the names of what only a function sees, which
// serve none of their users. Traces of errors still name the functions.
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { minifySync } from 'vite'

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

for (const name of globSync('dist/sandbox/**/*.js', { cwd: root, exclude: ['dist/sandbox/assets'] })) {
  const file = join(root, name)
  const { code, errors: [error] } = minifySync(name, readFileSync(file, 'utf8'),
    { compress: false, mangle: { keepNames: true } })
  if (error !== undefined) throw new Error(`${name}: ${error.codeframe}`)
  writeFileSync(file, code)
}
