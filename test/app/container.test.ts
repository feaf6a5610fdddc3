import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from './process.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

await t.test('Dockerfile: runs the version of Node.js that the tests run on', async t => {
  const { devDependencies } = JSON.parse(read('package.json'))
  t.match(devDependencies.node, /^\d+\.\d+\.\d+$/)
  t.match(read('Dockerfile'), `ARG NODE_VERSION=${devDependencies.node}\nFROM node:\${NODE_VERSION}-`)
})

await t.test('compose files: limit memory and processes of every container', async t => {
  const [, scaled = ''] = /```yaml\n(# compose\.scale\.yaml[^]+?)```/.exec(read('docs/scaling.md')) ?? []
  const rows = [['compose.yaml', read('compose.yaml'), 1], ['compose.scale.yaml', scaled, 3]] as const
  for (const [name, file, containers] of rows) {
    for (const limit of [/^ +mem_limit: \d+[mg]$/gm, /^ +pids_limit: \d+$/gm]) {
      t.equal(file.match(limit)?.length, containers, `${name}: ${limit}`)
    }
  }
})
