import { globSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ESLint, Linter } from 'eslint'
import t from 'tap'
import { root } from './process.ts'

const eslint = new ESLint({ cwd: root })

/** What the lint rule of this project says about a file that holds this line. */
async function faultsOf (file: string, line: string): Promise<string[]> {
  const { languageOptions: { parser }, plugins, rules } = await eslint.calculateConfigForFile(join(root, file))
  const own = { plugins: { house: plugins.house }, rules: { 'house/imports': rules['house/imports'] } }
  const config = [{ files: ['**/*.ts'], languageOptions: { parser }, ...own }]
  return new Linter({ cwd: root }).verify(line, config, { filename: join(root, file) }).map(({ message }) => message)
}

await t.test('house/imports: fails on a planted import', async t => {
  const types = 'of another plugin, import types only: use its decorator'
  const other = 'a plugin imports from src/ and from itself'
  const sandbox = 'plugins/ imports nothing from sandbox/'
  const application = "import from 'fastify-bitrix24', as any application"
  const assembly = 'only src/app.ts and src/index.ts import from plugins/'
  const rows: Array<[file: string, line: string, fault?: string]> = [
    ['plugins/page/index.ts', "import { frameLang } from '../../src/http/frame.ts'"],
    ['plugins/page/index.ts', "import { createI18n } from './i18n.ts'"],
    ['plugins/page/deep/index.ts', "import { createI18n } from '../i18n.ts'"],
    ['plugins/page/index.ts', "import type { VerifiedCall } from '../auth-token/verify-call.ts'"],
    ['plugins/page/index.ts', "import { verifyCall } from '../auth-token/verify-call.ts'", types],
    ['plugins/page/index.ts', "import { type VerifiedCall } from '../auth-token/verify-call.ts'", types],
    ['plugins/page/index.ts', "export { verifyCall } from '../auth-token/verify-call.ts'", types],
    ['plugins/page/index.ts', "export * from '../auth-token/verify-call.ts'", types],
    ['plugins/page/index.ts', "await import('../auth-token/verify-call.ts')", types],
    ['plugins/page/index.ts', "import route from '../../routes/health.ts'", other],
    ['plugins/page/index.ts', "import { sandbox } from '../../sandbox/index.ts'", sandbox],
    ['src/config.ts', "import { createKeyRing } from './crypto/keys.ts'"],
    ['src/config.ts', "import page from '../plugins/page/index.ts'", assembly],
    ['src/config.ts', "import type { I18n } from '../plugins/page/i18n.ts'", assembly],
    ['src/http/frame.ts', "import { root } from '../../test/app/process.ts'", 'src/ imports nothing from test/'],
    ['src/app.ts', "import page from '../plugins/page/index.ts'"],
    ['src/index.ts', "export type { I18n } from '../plugins/page/i18n.ts'"],
    ['routes/placement.ts', "import formGuard from '../plugins/form-guard/index.ts'"],
    ['routes/placement.ts', "import { readFileSync } from 'node:fs'"],
    ['routes/placement.ts', "import { sandbox } from '../sandbox/index.ts'", 'routes/ imports nothing from sandbox/'],
    ['example/errors.ts', "import { handlerError } from 'fastify-bitrix24'"],
    ['example/test/notes.test.ts', "import { amountText } from '../crm/amount.ts'"],
    ['example/errors.ts', "import { handlerError } from '../src/errors.ts'", application]
  ]
  for (const [file, line, fault] of rows) {
    t.strictSame(await faultsOf(file, line), fault === undefined ? [] : [fault], `${file}: ${line}`)
  }
})

await t.test('src: holds at most ten files at its root', async t => {
  const files = readdirSync(join(root, 'src')).filter(name => name.endsWith('.ts'))
  t.ok(files.length <= 10, files.join())
})

await t.test('src/index.ts: brings the decorators of every plugin', async t => {
  const declares = (file: string) => readFileSync(join(root, file), 'utf8').includes("declare module 'fastify'")
  const index = readFileSync(join(root, 'src/index.ts'), 'utf8')
  const plugins = globSync('plugins/*/index.ts', { cwd: root }).filter(declares)
  t.ok(plugins.length >= 14)
  t.strictSame(plugins.filter(file => !index.includes(`from '../${file}'`)), [])
})
