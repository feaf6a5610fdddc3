import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { root } from '../app/process.ts'
import { startService } from '../service.ts'

await t.test('every file in routes/placements declares the placement it is named after', async t => {
  const { fastify } = await startService(t)
  const files = readdirSync(join(root, 'routes/placements')).filter(file => file.endsWith('.ts')).map(file => basename(file, '.ts'))
  t.strictSame(fastify.placements().map(({ code }) => code).sort(), files.sort())
  t.notOk(files.includes('index'), 'autoload would hide the other files')
})
