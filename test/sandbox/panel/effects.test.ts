import t from 'tap'
import { troublesOf } from '../../../sandbox/panel/effects.ts'
import { switchGroups } from '../../../sandbox/panel/switches.ts'
import type { WireEntry } from '../../../sandbox/wire.ts'

const entry: WireEntry = { id: 1, at: 0, from: 'application', to: 'portal', method: 'POST', path: '/', fields: {} }
const call: WireEntry = { ...entry, from: 'portal', to: 'application' }

await t.test('effects: a message stands below the switches that caused it', async t => {
  const rest = ['rest', 'restDelay', 'licence', 'rename', 'uninstall']
  const calls = ['authorizationServer', 'authorizationServerDelay', 'token', 'installation', 'access', 'rename',
    'uninstall']
  const rows: Array<[name: string, entry: WireEntry, troubles: string[]]> = [
    ['REST', entry, rest],
    ['app.info', { ...entry, to: 'authorization server', name: 'app.info' },
      ['authorizationServer', 'authorizationServerDelay']],
    ['refresh', { ...entry, to: 'authorization server', name: 'refresh_token' },
      ['authorizationServer', 'authorizationServerDelay', 'refresh']],
    ['refresh of those who have not paid', {
      ...entry, to: 'authorization server', name: 'refresh_token', outcome: 'PAYMENT_REQUIRED'
    }, ['authorizationServer', 'authorizationServerDelay', 'rest', 'refresh']],
    ['call', call, calls],
    ['update', { ...call, name: 'ONAPPUPDATE' }, calls.toSpliced(5, 0, 'events')],
    ['call of this portal', { ...call, memberId: 'alpha' }, calls],
    ['call of another portal', { ...call, memberId: 'beta' }, []]
  ]
  for (const [name, entry, troubles] of rows) t.strictSame(troublesOf(entry, 'alpha'), troubles, name)
})

await t.test('effects: every switch has its messages', async t => {
  const messages: WireEntry[] =
    [call, entry, { ...entry, to: 'authorization server', name: 'refresh_token' }, { ...call, name: 'ONAPPUPDATE' }]
  const known = new Set(messages.flatMap(message => troublesOf(message, 'alpha')))
  for (const { name } of switchGroups.flatMap(({ switches }) => switches)) t.ok(known.has(name), name)
})
