import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { unmeasuredNode } from '../../app/process.ts'
import { readableFault } from '../../../sandbox/dev/fault.ts'

await t.test('fault: names file and line of what is broken, in one line', t => {
  const rows: Array<[file: string, source: string, fault: RegExp]> = [
    ['typo.ts', 'const a: number = 1\nconst b = {\n', /typo\.ts:2: SyntaxError: /],
    ['plain.js', 'export default 1\nconst a = ;\n', /plain\.js:2: SyntaxError: Unexpected token ';'$/],
    ['twice.ts', 'const a: number = 1\n\nconst a: number = 2\n',
      /twice\.ts:3: SyntaxError: Identifier 'a' has already /],
    ['enum.ts', '\nenum A { b }\n', /enum\.ts:2: SyntaxError: TypeScript enum is not supported/],
    ['name.ts', "import { nope } from 'node:fs'\nnope()\n", /name\.ts:1: SyntaxError: .* export named 'nope'$/],
    ['throws.ts', 'const a: number = 1\n\nnope(a)\n', /throws\.ts:3: ReferenceError: nope is not defined$/],
    ['own.ts', "\nthrow new Error('no stock')\n", /own\.ts:2: no stock$/],
    ['gone.ts', "import './elsewhere.ts'\n", /^Cannot find module '.*elsewhere\.ts' imported from .*gone\.ts$/]
  ]
  for (const [file, source, fault] of rows) {
    const application = t.testdir({ 'package.json': '{ "type": "module" }', 'good.ts': 'export {}', [file]: source })
    const load = 'import(process.argv[1]).catch(error => { console.error(error) })'
    const { stderr } = spawnSync(...unmeasuredNode('-e', load, join(application, file)), { encoding: 'utf8' })
    const said = readableFault(stderr, application)
    t.match(said, fault)
    t.notMatch(said, process.cwd(), 'the path is as short as one would write it')
    t.equal(said.split('\n').length, 1)
  }
  t.end()
})

await t.test('fault: passes on what the service says in its own words', t => {
  t.equal(readableFault('no \x1b[2J', '/a'), 'no \\u001b[2J', 'and obeys no control character')
  t.equal(readableFault(`${process.cwd()}/a/x.ts has no plugin as its default export\n`, '/a'),
    'a/x.ts has no plugin as its default export')
  t.end()
})
