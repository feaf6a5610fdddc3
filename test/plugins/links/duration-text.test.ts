import t from 'tap'
import { durationText } from '../../../plugins/links/duration-text.ts'

await t.test('a time is said in the largest unit that fits, in the words of the language, and never longer than it is', t => {
  const rows: Array<[seconds: number, tag: string, text: string]> = [
    [1, 'en', '1 second'], [20, 'en', '20 seconds'], [59, 'de', '59 Sekunden'], [60, 'en', '1 minute'], [90, 'en', '1.5 minutes'],
    [3599, 'en', '59.9 minutes'], [3600, 'en', '1 hour'], [3600, 'ru', '1 час'], [5400, 'de', '1,5 Stunden'],
    [86_399, 'en', '23.9 hours'], [86_400, 'en', '1 day'], [86_400, 'de', '1 Tag'], [30 * 86_400, 'pl', '30 dni'], [2 * 86_400, 'ar', 'يومان'],
    [0.5, 'en', '0.5 seconds']
  ]
  for (const [seconds, tag, text] of rows) t.equal(durationText(seconds, tag), text, `${seconds} ${tag}`)
  t.end()
})
