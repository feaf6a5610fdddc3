import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const folder = join(import.meta.dirname, '../locales')
const textsOf = (code: string): Record<string, string> => JSON.parse(readFileSync(join(folder, `${code}.json`), 'utf8'))
const english = textsOf('en')
const variables = (text = '') => [...text.matchAll(/{{\s*(\w+)\s*}}/g)].map(match => match[1]).sort().join()

await t.test('texts: every language has all of them', t => {
  for (const file of readdirSync(folder)) {
    const code = file.replace('.json', '')
    const texts = textsOf(code)
    t.strictSame(Object.keys(texts), Object.keys(english), code)
    for (const [key, text] of Object.entries(texts)) {
      t.equal(variables(text), variables(english[key]), `${code}: ${key}`)
      t.notMatch(text, /[<>]|^\s|\s$|^$/, `${code}: ${key}`)
    }
  }
  t.end()
})

await t.test('texts: every view finds the texts that it names', t => {
  for (const view of readdirSync(join(folder, '../views'))) {
    const source = readFileSync(join(folder, '../views', view), 'utf8')
    for (const [, key = ''] of source.matchAll(/it\.t\('([^']+)'\)/g)) t.ok(key in english, `${view}: ${key}`)
  }
  t.end()
})
