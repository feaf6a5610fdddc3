import t from 'tap'
import { readableFields } from '../../sandbox/readable-fields.ts'

await t.test('readable fields: fields become texts, and secrets are shortened', async t => {
  const rows: Array<[fields: Record<string, unknown>, readable: Record<string, string>]> = [
    [{ PLACEMENT: 'DEFAULT', count: 3, none: null, missing: undefined },
      { PLACEMENT: 'DEFAULT', count: '3', none: '', missing: '' }],
    [{ auth: { access_token: 'a'.repeat(70), domain: 'localhost:1' } },
      { 'auth[access_token]': 'aaaa…', 'auth[domain]': 'localhost:1' }],
    [{ 'auth[application_token]': 'b'.repeat(32), list: ['x', { y: 1 }] },
      { 'auth[application_token]': 'bbbb…', 'list[0]': 'x', 'list[1][y]': '1' }],
    [{ AUTH_ID: 'c'.repeat(70), APP_SID: 'short' }, { AUTH_ID: 'cccc…', APP_SID: '…' }],
    [{ auth: 'd'.repeat(70), REFRESH_ID: '', client_secret: 'e'.repeat(9), AUTHOR: 'Emil' },
      { auth: 'dddd…', REFRESH_ID: '…', client_secret: 'eeee…', AUTHOR: 'Emil' }],
    [{ code: 'f'.repeat(9), CODE: 'UF_CODE', repeated: ['x'], auth: ['g'.repeat(9)] },
      { code: 'ffff…', CODE: 'UF_CODE', 'repeated[0]': 'x', 'auth[0]': 'gggg…' }],
    [{ cmd: { first: `profile?auth=${'h'.repeat(9)}` } }, { 'cmd[first]': 'profile?auth=hhhh…' }],
    [{ [`{"auth":"${'i'.repeat(9)}"}`]: '' }, { '{"auth":"iiii…"}': '' }],
    [{ auth: ['a', 'j'.repeat(9)] }, { 'auth[0]': '…', 'auth[1]': 'jjjj…' }],
    [{ token: 'a1'.repeat(35), note: 'say opensesame', [`/${'b2'.repeat(35)}`]: '' },
      { token: 'a1a1…', note: 'say open…', '/b2b2…': '' }],
    [{ text: 'x'.repeat(3000) }, { text: 'x'.repeat(2000) }]
  ]
  for (const [fields, readable] of rows) t.strictSame(readableFields(fields, ['opensesame']), readable)
})

await t.test('readable fields: JSON shows nothing of what is nested too deeply', async t => {
  const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}"end"${'}'.repeat(depth)}`)
  t.strictSame(readableFields(nested(20)), { [`a${'[a]'.repeat(19)}`]: 'end' })
  t.strictSame(readableFields(nested(20_000)), { [`a${'[a]'.repeat(19)}`]: '…' })
})
