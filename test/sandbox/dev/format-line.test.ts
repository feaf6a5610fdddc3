import t from 'tap'
import { formatLine } from '../../../sandbox/dev/format-line.ts'

const line = (fields: object) => JSON.stringify({ level: 30, time: 0, pid: 1, hostname: 'h', ...fields })
const without = (text: string) => text.replace(/^\d\d:\d\d:\d\d /, '')

await t.test('log lines: say of a call what came of it', t => {
  const call = { msg: 'call', method: 'POST', route: '/placement', placement: 'DEFAULT', ms: 12, member: 'abc' }
  t.equal(without(formatLine(line({ ...call, status: 200, outcome: 'answered', stage: undefined }), false)),
    'POST /placement 200 DEFAULT 12 ms')
  t.equal(without(formatLine(line({ ...call, status: 403, outcome: 'B24_ERR_X', stage: 'proof' }), false)),
    'POST /placement 403 DEFAULT B24_ERR_X 12 ms stage=proof')
  t.equal(without(formatLine(line({ msg: 'call', method: 'GET', path: '/*', status: 404, ms: 1 }), false)),
    'GET /* 404 1 ms')
  t.end()
})

await t.test('log lines: have level, fields, and a stack without Node.js', t => {
  const stack = 'Error: no\n    at tab (/my-app/application/tab.ts:3:5)\n    at run (node:internal/x:1:1)\n' +
    '    at y (/my-app/node_modules/y/index.js:1:1)'
  t.equal(without(formatLine(line({ level: 50, msg: 'failed', deal: 7, name: 'x', err: { stack } }), false)),
    'error: failed deal=7 name=x\n    Error: no\n        at tab (/my-app/application/tab.ts:3:5)')
  t.equal(formatLine('printed', false), 'printed')
  t.end()
})

await t.test('log lines: have colours on a terminal only', t => {
  const escape = String.fromCharCode(27)
  t.ok(formatLine(line({ level: 40, msg: 'careful' }), true).endsWith(`${escape}[33mwarning: careful${escape}[0m`))
  t.ok(formatLine(line({ level: 50, msg: 'broken' }), true).includes(`${escape}[31m`))
  t.notOk(formatLine(line({ level: 50, msg: 'broken' }), false).includes(escape))
  t.end()
})

await t.test('log lines: show control characters of others, and obey none', t => {
  const err = { stack: 'Error: \x1b[2Jno' }
  t.equal(without(formatLine(line({ level: 50, msg: 'a\x1b[2J', name: '\r\x9b', err }), false)),
    'error: a\\u001b[2J name=\\u000d\\u009b\n    Error: \\u001b[2Jno')
  t.end()
})
