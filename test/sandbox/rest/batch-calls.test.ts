import t from 'tap'
import { resultOf, sandboxFor } from '../helper.ts'

await t.test('REST: a batch answers each command apart', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const answer = await resultOf(alpha, 'batch', {
    cmd: {
      who: 'profile',
      wrong: 'nothing.here',
      bind: 'event.bind?event=ONAPPINSTALL&handler=https://a.example/$result[who][NAME]&auth_type=$result[who][ID]',
      inner: 'batch',
      events: 'event.get'
    }
  })
  t.match(answer, {
    result: { who: { NAME: 'Anna' }, bind: true, events: [{ handler: 'https://a.example/Anna', auth_type: '1' }] },
    result_error: { wrong: { error: 'ERROR_METHOD_NOT_FOUND' }, inner: { error: 'ERROR_BATCH_METHOD_NOT_ALLOWED' } },
    result_total: []
  })
})

await t.test('REST: a batch passes whole results on, and can stop at an error', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const cmd = [
    'event.get',
    'placement.bind?PLACEMENT=LEFT_MENU&HANDLER=https://a.example/&LANG_ALL[de][TITLE]=$result[0]',
    'nothing',
    'profile'
  ]
  // To PHP, every text but an empty one and 0 is true.
  for (const halt of [1, '1', true, 'N']) {
    alpha.placements = []
    t.match(await resultOf(alpha, 'batch', { cmd, halt }),
      { result: [[], true], result_error: { 2: { error: 'ERROR_METHOD_NOT_FOUND' } } })
  }
  t.match(alpha.placements, [{ langAll: { de: { TITLE: '' } } }], 'a list is no title')
})

await t.test('REST: a batch runs fifty commands and no more', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { result, result_error: errors } =
    await resultOf(alpha, 'batch',
      { cmd: Array(51).fill('user.admin') }) as { result: unknown[], result_error: Record<string, unknown> }
  t.equal(result.length, 50)
  t.match(errors, { 50: { error: 'ERROR_BATCH_LENGTH_EXCEEDED' } })
})

await t.test('REST: the wire tells which methods of a batch are not in the sandbox', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  await resultOf(alpha, 'batch', { cmd: ['profile', 'nothing.here?a=1', 'batch', 'nor.there'] })
  t.match(wire.entries, [
    { name: 'batch', status: 200, outcome: 'nothing.here is not in the sandbox, nor.there is not in the sandbox' }
  ])
})
