import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync } from 'vite'

interface Statement {
  file: string
  /** With the comment before it */
  code: string
  /** What it declares, if another statement may name it */
  name: string | undefined
  isImport: boolean
  isExported: boolean
}

const wordsIn = (code: string): string[] => code.replaceAll(/\/\*.*?\*\//gs, '').match(/[\w$]+/g) ?? []

/** Our own files that a piece of declarations imports. */
const importsOf = (file: string, code: string): string[] =>
  [...code.matchAll(/(?:from |import |import\()['"](\.[^'"]+)\.[jt]s['"]/g)]
    .map(([, path = '']) => join(dirname(file), `${path}.d.ts`))

function statementsOf (file: string): Statement[] {
  const source = readFileSync(file, 'utf8')
  let end = 0
  return parseSync(file, source).program.body.map(node => {
    const code = source.slice(end, node.end)
    end = node.end
    const declared = /^(export )?(?:declare )?(?:class|const|function|interface|type) (\w+)/
    const [, exported, name] = declared.exec(source.slice(node.start)) ?? []
    return { file, code, name, isImport: node.type === 'ImportDeclaration', isExported: exported !== undefined }
  })
}

/** An import of those names only; nothing if there are none. */
function slimImport (code: string, names: ReadonlySet<string>): string {
  const slim = code.replace(/\{ (.*) \}/, (_, list: string) =>
    `{ ${list.split(', ').filter(item => names.has(item.split(' ').at(-1) ?? '')).join(', ')} }`)
  return slim.includes('{  }') ? '' : slim
}

/**
 * Takes from the declarations in dist what users of the package cannot reach: files that nothing imports, and of the
 * others what only our own files name. A name counts wherever it stands; what is added to Fastify's types stays.
 *
 * @param entries the declarations that the package exports: absolute paths
 */
export function slimDeclarations (root: string, entries: readonly string[]): void {
  const reached = new Set(entries)
  for (const file of reached) {
    for (const imported of importsOf(file, readFileSync(file, 'utf8'))) reached.add(imported)
  }
  const statements = [...reached].flatMap(statementsOf)
  const needed = new Set(statements.filter(({ file, name, isImport, isExported }) =>
    !isImport && (name === undefined || (isExported && entries.includes(file)))))
  for (const { code } of needed) {
    const names = new Set(wordsIn(code))
    for (const statement of statements) {
      if (statement.name !== undefined && names.has(statement.name)) needed.add(statement)
    }
  }
  for (const name of globSync('dist/**/*.d.ts', { cwd: root })) {
    const file = join(root, name)
    const own = statements.filter(statement => statement.file === file)
    const kept = own.filter(statement => needed.has(statement))
    const names = new Set(kept.flatMap(({ code }) => wordsIn(code)))
    const imports = own.filter(({ isImport }) => isImport).map(({ code }) => slimImport(code, names))
    if (kept.length === 0) rmSync(file)
    else writeFileSync(file, [...imports, ...kept.map(({ code }) => code)].join('').trimStart())
  }
}
