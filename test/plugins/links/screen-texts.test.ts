import t from 'tap'
import { createI18n } from '../../../plugins/page/i18n.ts'
import { screenTexts } from '../../../plugins/links/screen-texts.ts'

await t.test('a text that the locales have for a screen, in the language that is asked for', async t => {
  const i18n = createI18n(t.testdir({
    'en.json': '{ "screen.part.title": "Part", "screen.part.id.help": "As on its label" }',
    'de.json': '{ "screen.part.title": "Teil" }'
  }))
  const textOf = screenTexts(i18n, 'de')
  const rows: Array<[screen: string, key: string, text: string | undefined]> = [
    ['part', 'title', 'Teil'], ['part', 'id.help', 'As on its label'], ['part', 'id', undefined], ['shelf', 'title', undefined]
  ]
  for (const [screen, key, text] of rows) t.equal(textOf(screen, key), text, `${screen} ${key}`)
})
