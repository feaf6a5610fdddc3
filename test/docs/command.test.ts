import t from 'tap'
import { codes } from '../../src/doctor/finding.ts'
import { read } from './pages.ts'

await t.test('docs/command.md: has a row for each finding of the doctor', async t => {
  const [, doctor = ''] = read('docs/command.md').split('### Faults')
  const rows = [...doctor.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, code]) => code)
  t.strictSame(rows.sort(), [...codes].sort())
})
