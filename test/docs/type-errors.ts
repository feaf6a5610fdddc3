import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { root, unmeasuredNode } from '../app/process.ts'

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
  const settings = {
    extends: join(root, 'test/tsconfig.json'),
    compilerOptions: { rootDir: root, paths },
    files: [...more, ...Object.keys(files)],
    include: []
  }
  const folder = t.testdir({ ...files, 'tsconfig.json': JSON.stringify(settings) })
  const compiler = join(root, 'node_modules/.bin/tsgo')
  const child = spawn(...unmeasuredNode(compiler, '--singleThreaded', '--pretty', 'false', '-p', '.'), { cwd: folder })
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (code !== 0 && printed === '') throw new Error(`the compiler ended with ${code}`)
  return printed.split(/\n(?=\S)/).map(error => error.trimEnd()).filter(Boolean)
}
