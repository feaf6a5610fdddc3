import t from 'tap'
import { createI18n } from '../../../plugins/page/i18n.ts'
import { reasonText } from '../../../plugins/installation/reasons.ts'

await t.test('every stored reason is a text that names its scope or code', async t => {
  const { t: translate } = createI18n().resolve('en')
  const rows: Array<[reason: string, expected: RegExp]> = [['scope:crm', /crm/], ['unknown:', /./], ['refused:ERROR_CORE', /ERROR_CORE/]]
  for (const [reason, expected] of rows) {
    const text = reasonText(translate, reason)
    t.match(text, expected, reason)
    t.notMatch(text, /^reason\.|[{}]/, `${reason} has a text`)
  }
})
