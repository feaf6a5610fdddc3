import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Script } from 'node:vm'
import { Eta } from 'eta'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { loadConfig } from '../../src/config.ts'
import { blocks, read, root, type Block } from './pages.ts'
import { typeErrors } from './type-errors.ts'

const where = ({ page, line }: Block) => `${page}:${line}`
const { scripts } = JSON.parse(read('package.json'))

/** Checks that the npm scripts and files that a shell block names exist. */
function checkCommands (t: Test, text: string): void {
  for (const [, script = ''] of text.matchAll(/npm (?:run )?([a-z][\w:-]*)/g)) {
    t.ok(['ci', 'install'].includes(script) || script in scripts, `npm run ${script}`)
  }
  for (const [, file = ''] of text.matchAll(/node ((?:scripts|dist)\/[\w./-]+)/g)) {
    t.ok(existsSync(join(root, file.replace(/^dist\/(.*)\.js$/, '$1.ts'))), file)
  }
}

const checks: Record<string, (t: Test, text: string) => void> = {
  js: (t, text) => { t.ok(new Script(text)) },
  html: (_t, text) => { new Eta().compile(text) },
  sh (t, text) {
    execFileSync('sh', ['-n'], { input: text })
    checkCommands(t, text)
  },
  dockerfile (t, text) {
    for (const line of text.split('\n')) t.match(line, /^(?:# .*|(?:FROM|USER|WORKDIR|COPY|RUN) .+)?$/)
  },
  yaml: (_t, text) => { parse(text, { merge: true, strict: true }) },
  dotenv (t, text) {
    const values = { ...parseEnv(required), ...parseEnv(text) }
    const asked = new Set<string>()
    loadConfig(new Proxy(values, {
      get (target, name: string) {
        asked.add(name)
        return target[name]
      }
    }))
    for (const name of Object.keys(parseEnv(text))) t.ok(asked.has(name), name)
  },
  mermaid: (t, text) => { t.match(text, /^(flowchart|sequenceDiagram)/) }
}
const required = String(blocks.find(({ language }) => language === 'dotenv')?.text)

await t.test('docs: every ts block compiles', async t => {
  const code = blocks.filter(({ language }) => language === 'ts')
  t.ok(code.length > 5)
  const files = code.map(block => [`${where(block).replaceAll(/\W/g, '-')}.ts`, block.text])
  t.strictSame(await typeErrors(t, Object.fromEntries(files), join(root, 'src/index.ts')), [])
})

for (const block of blocks.filter(({ language }) => language !== 'ts')) {
  await t.test(`docs: the block at ${where(block)} is well-formed`, async t => {
    const check = checks[block.language]
    t.ok(check, `blocks are ts, ${Object.keys(checks).join(', ')}`)
    t.doesNotThrow(() => check?.(t, block.text))
  })
}
