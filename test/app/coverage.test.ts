import { globSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from './process.ts'

// A file that no test loads would be missing from the coverage report instead of counting as nothing.
const programs = ['src/server.ts', 'src/cli.ts', 'sandbox/demo.ts', 'sandbox/replay.ts', 'sandbox/dev/service.ts']

await t.test('coverage: every source file is loaded, and every plugin has a name', async t => {
  const files = globSync(['src/**/*.ts', 'plugins/**/*.ts', 'routes/**/*.ts', 'sandbox/**/*.ts'], { cwd: root })
    .filter(file => !programs.includes(file))
  t.ok(files.length > 60)
  for (const file of files) {
    const loaded = await import(join(root, file))
    if (!/^plugins\/[^/]+\/index\.ts$/.test(file)) continue
    t.match(loaded.default[Symbol.for('plugin-meta')], { name: /^b24-/, fastify: '5.x' }, file)
  }
})
