import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '../../..')
const namesIn = (file: string, pattern: RegExp) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map(([, name]) => name)

await t.test('tokens: each that a style sheet uses is defined, in dark as well', t => {
  const defined = namesIn('plugins/page/assets/b24-tokens.css', /^\s+(--ui-[\w-]+):/gm)
  const files = globSync('{plugins,routes,example,templates}/**/*.{css,vue,eta,tsx}', { cwd: root })
  t.ok(files.length > 3, 'there are some')
  for (const file of files) {
    t.strictSame(namesIn(file, /var\((--ui-[\w-]+)/g).filter(name => !defined.includes(name)), [], file)
  }
  const dark = namesIn('plugins/page/assets/b24-tokens-dark.css', /^\s+(--ui-[\w-]+):/gm)
  t.strictSame(dark.filter(name => !defined.includes(name)), [], 'dark replaces what is light')
  t.end()
})

await t.test('tokens: code is monospaced, and no field is', t => {
  const rules = readFileSync(join(root, 'plugins/page/assets/page.css'), 'utf8').matchAll(/([^{}]+){([^{}]*)}/g)
  const monospaced = [...rules].filter(([, , body = '']) => body.includes('mono'))
  t.strictSame(monospaced.map(([, selector = '']) => selector.trim()), ['code'])
  t.end()
})
