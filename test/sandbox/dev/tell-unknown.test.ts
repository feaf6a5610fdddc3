import t from 'tap'
import { tellUnknown } from '../../../sandbox/dev/tell-unknown.ts'

await t.test('tellUnknown: says once that there is no such placement, and what was probably meant', async t => {
  const said = t.capture(console, 'error')
  const tell = tellUnknown()
  tell(undefined)
  tell({ level: 30, msg: 'installed' })
  const skipped = ['IM_SIDEBR', 'MINE'].map(code => ({ code, reason: 'unknown:' }))
  tell({ level: 40, skipped: [...skipped, { code: 'TASK_VIEW_TAB', reason: 'scope:task' }] })
  tell({ level: 40, skipped })
  t.strictSame(said().map(({ args: [text] }) => text), [
    'IM_SIDEBR is not bound: the portal has no such placement; did you mean IM_SIDEBAR?',
    'MINE is not bound: the portal has no such placement.'
  ])
})
