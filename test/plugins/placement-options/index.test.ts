import t from 'tap'
import placementOptions from '../../../plugins/placement-options/index.ts'
import { build } from '../../build.ts'

await t.test('placement-options: works alone, and resolves the page on the portal', async t => {
  const app = await build(t, app => app.register(placementOptions))
  const origin = 'https://portal.example'
  const rows: Array<[text: string | undefined, options: object, uri: string | undefined]> = [
    [undefined, {}, undefined],
    ['{"docId":"42"}', { docId: '42' }, undefined],
    ['{"docId":"42","URI":"\\/crm\\/deal\\/?sessid=0123456789abcdef"}', { docId: '42' }, `${origin}/crm/deal/`],
    ['{"URI":"https://evil.example/"}', {}, undefined],
    ['{"URI":"javascript:alert(1)"}', {}, undefined]
  ]
  for (const [text, options, uri] of rows) {
    t.strictSame(app.decodePlacementOptions(text, origin), { options, uri }, text ?? 'no field')
  }
  t.throws(() => app.decodePlacementOptions('{', origin), { code: 'B24_ERR_PLACEMENT_OPTIONS' })
})
