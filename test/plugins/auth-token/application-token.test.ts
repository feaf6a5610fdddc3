import t from 'tap'
import { checkApplicationToken, isSameSecret, type ApplicationTokenPolicy } from '../../../plugins/auth-token/application-token.ts'

await t.test('the posted application token meets the stored one', async t => {
  const rows: Array<[name: string, posted: string, stored: string | null, policy: ApplicationTokenPolicy, expected: boolean | 'refused']> = [
    ['equal', 'abc', 'abc', 'when-present', true],
    ['equal', 'abc', 'abc', 'required', true],
    ['wrong', 'abd', 'abc', 'when-present', 'refused'],
    ['wrong', 'abd', 'abc', 'required', 'refused'],
    ['wrong, and of another length', 'abcd', 'abc', 'when-present', 'refused'],
    ['missing', '', 'abc', 'when-present', false],
    ['missing', '', 'abc', 'required', 'refused'],
    ['none stored', 'abc', null, 'when-present', false],
    ['none stored', 'abc', null, 'required', false],
    ['neither', '', null, 'when-present', false],
    ['neither', '', null, 'required', 'refused']
  ]
  for (const [name, posted, stored, policy, expected] of rows) {
    const check = () => checkApplicationToken(posted, stored, policy)
    if (expected === 'refused') t.throws(check, { code: 'B24_ERR_APPLICATION_TOKEN' }, `${name}, ${policy}`)
    else t.equal(check(), expected, `${name}, ${policy}`)
  }
})

await t.test('secrets of any length are compared', async t => {
  for (const text of ['', 'a', 'ä'.repeat(1000)]) {
    t.equal(isSameSecret(text, text), true)
    t.equal(isSameSecret(text, `${text}b`), false)
  }
})
