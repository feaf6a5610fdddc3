// Compiles files in a process of its own: measuring the coverage of the compiler would take as long as all it does.
import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import ts from 'typescript'
import { unmeasuredNode } from '../app/process.ts'

const root = join(import.meta.dirname, '../..')
const paths = {
  'fastify-bitrix24': [join(root, 'src/index.ts')],
  'fastify-bitrix24/plugins/*': [join(root, 'plugins/*/index.ts')],
  'fastify-bitrix24/client': [join(root, 'client/index.ts')],
  'fastify-bitrix24/client/*': [join(root, 'client/*.ts')],
  'fastify-bitrix24/sandbox': [join(root, 'sandbox/index.ts')],
  'fastify-bitrix24/store-contract': [join(root, 'test/store-contract/store-contract.ts')]
}

/**
 * What the compiler has to say of files, compiled together; they import this package by its name.
 *
 * @param more files of this package whose declarations they use without an import
 */
export async function typeErrors (t: Test, files: Record<string, string>, ...more: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(...unmeasuredNode(import.meta.filename, t.testdir(files), ...more))
  return JSON.parse(stdout)
}

function compile ([folder = '', ...more]: string[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'test/tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, join(root, 'test'))
  const files = globSync('*.ts', { cwd: folder }).sort().map(file => join(folder, file))
  const program = ts.createProgram([...more, ...files], { ...options, paths })
  return files.flatMap(file => {
    const source = program.getSourceFile(file)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
  }).map(({ file, start = 0, messageText }) => {
    const line = file?.getLineAndCharacterOfPosition(start).line ?? 0
    return `${relative(folder, file?.fileName ?? '')} +${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}

if (import.meta.main) console.log(JSON.stringify(compile(process.argv.slice(2))))
