import { join } from 'node:path'
import t from 'tap'
import { ask } from '../../sandbox/helper.ts'
import { startService } from '../../service.ts'
import { runTool } from '../../tool.ts'

await t.test('replay: sends a saved call again, and ends with 1 when it is refused', async t => {
  const { install, call, sandbox: { wire, portals: { alpha } } } = await startService(t)
  await install()
  await call(alpha.placementCall('DEFAULT', { user: alpha.users.employee }))
  const { id } = wire.entries.findLast(({ from }) => from === 'portal') ?? {}
  const { body } = await ask(`${alpha.url}/sandbox/api/wire/${id}/save`)
  const saved = body as { body: object }
  const folder = t.testdir({
    'call.json': JSON.stringify(saved),
    'unknown.json': JSON.stringify({ ...saved, body: { ...saved.body, PLACEMENT: 'NONE' } })
  })
  t.match(await runTool('replay', [join(folder, 'call.json')], {}, { isMeasured: true }), { code: 0, stdout: /^Status: 200\n/, stderr: '' })
  t.match(await runTool('replay', [join(folder, 'unknown.json')]), {
    code: 1, stdout: /^Status: 404\n[^]*B24_ERR_PLACEMENT_UNKNOWN/
  })
})
