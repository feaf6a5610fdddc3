import { join } from 'node:path'
import type { Test } from 'tap'
import { build, type Rolldown } from 'vite'

/** What Vite makes of a module that imports the client, as in the build of an application: its files by their names. */
export async function bundle (t: Test, text: string, external: string[] = []): Promise<Map<string, string>> {
  const root = t.testdir({ 'main.ts': text })
  const { NODE_ENV } = process.env
  const built = await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'warn',
    resolve: { conditions: ['fastify-bitrix24-source', 'module', 'browser', 'production'] },
    build: {
      write: false,
      modulePreload: { polyfill: false },
      rollupOptions: { input: join(root, 'main.ts'), external, output: { entryFileNames: 'main.js' } }
    }
  })
  // Vite sets it for the whole process, and the sandbox does not start in production.
  if (NODE_ENV === undefined) delete process.env['NODE_ENV']
  const outputs = [built].flat() as Rolldown.RolldownOutput[] // it does not watch
  const chunks = outputs.flatMap(({ output }) => output).filter(file => file.type === 'chunk')
  return new Map(chunks.map(({ fileName, code }) => [fileName, code]))
}
