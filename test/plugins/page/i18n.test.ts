import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createI18n } from '../../../plugins/page/i18n.ts'

const root = join(import.meta.dirname, '../../..')
/** The folders of texts of our own pages. An application has its texts in the languages of its users. */
const folders = globSync('{plugins,routes}/**/locales', { cwd: root }).map(folder => join(root, folder)).sort()
const readTexts = (folder: string, code: string): Record<string, string> =>
  JSON.parse(readFileSync(join(folder, `${code}.json`), 'utf8'))
const textsOf = (code: string): Record<string, string> =>
  Object.assign({}, ...folders.map(folder => readTexts(folder, code)))
const english = textsOf('en')
const i18n = createI18n()
for (const folder of folders) i18n.add(folder)

// Words that are the same in English.
const sharedWords: Record<string, string[]> = {
  br: ['link.portal', 'error.portal', 'error.status', 'composer.link', 'composer.chat', 'composer.feed'],
  de: [
    'link.name', 'link.portal', 'error.portal', 'home.name', 'error.status', 'error.parameter',
    'composer.link', 'composer.person', 'composer.chat', 'composer.feed'
  ],
  fr: ['link.uri'],
  id: ['link.portal', 'error.portal', 'error.status', 'error.parameter', 'composer.feed'],
  it: ['composer.link', 'composer.chat', 'composer.feed'],
  la: ['link.portal', 'error.portal', 'composer.chat'],
  ms: ['link.portal', 'error.portal', 'error.status', 'error.parameter'],
  pl: ['link.portal', 'error.portal', 'error.status', 'composer.link'],
  tr: ['link.portal', 'error.portal']
}

await t.test('i18n: has texts for every interface language of Bitrix24', async t => {
  t.strictSame(i18n.languages, [
    'ar', 'br', 'de', 'en', 'fr', 'hi', 'id', 'it', 'ja', 'kz', 'la', 'ms', 'pl', 'ru', 'sc', 'tc', 'th', 'tr', 'ua',
    'vn'
  ])
})

await t.test('i18n: the texts of every language are complete and plain', async t => {
  const variables = (text = '') => [...text.matchAll(/{{\s*(\w+)\s*}}/g)].map(match => match[1]).sort().join()
  for (const code of i18n.languages) {
    const texts = textsOf(code)
    const keysWhere = (isFault: (text: string, key: string) => boolean) =>
      Object.keys(texts).filter(key => isFault(texts[key] ?? '', key))
    const isStray = (text: string) => text === '' || text.trim() !== text
    t.strictSame(Object.keys(texts), Object.keys(english), `${code} has the keys of English, in the same order`)
    t.strictSame(keysWhere((text, key) => variables(text) !== variables(english[key])), [], `${code}: variables`)
    t.strictSame(keysWhere(isStray), [], `${code}: stray spaces`)
    t.strictSame(keysWhere(text => /[<>]|\$t\(/.test(text)), [], `${code}: markup`)
    if (code !== 'en') {
      const hasWords = (text: string) => /\p{L}/u.test(text.replace(/{{.*?}}/g, ''))
      const untranslated = keysWhere((text, key) => text === english[key] && hasWords(text)).sort()
      t.strictSame(untranslated, (sharedWords[code] ?? []).sort(), `${code} is translated`)
    }
  }
})

// No word of another language; names, codes and settings are the same in all.
const englishWord = /\b(?:the|and|with|your|this|from|please|cannot|has|have|you|for)\b/i

await t.test('i18n: nothing is left in English in another language', async t => {
  t.match('Open the settings', englishWord)
  const all = [...folders, join(root, 'example/locales')]
  for (const folder of all) {
    for (const code of i18n.languages.filter(code => code !== 'en')) {
      const left = Object.entries(readTexts(folder, code)).filter(([, text]) => englishWord.test(text))
      t.strictSame(left, [], `${code} in ${folder}`)
    }
  }
})

await t.test('i18n: no line of a Japanese text begins with the particle of a name in Latin letters', async t => {
  for (const folder of [...folders, join(root, 'example/locales')]) {
    const parted = Object.entries(readTexts(folder, 'ja')).filter(([, text]) => /[\w}] \p{Script=Hiragana}/u.test(text))
    t.strictSame(parted, [], folder)
  }
})

await t.test('i18n: views have no words of their own', async t => {
  const views = globSync('{plugins,routes,example}/**/*.eta', { cwd: root })
  t.ok(views.length > 10)
  for (const view of views) {
    const source = readFileSync(join(root, view), 'utf8').replace(/<%[^]*?%>/g, '').replace(/<[^>]*>/g, ' ')
    t.strictSame(source.match(/\p{L}{3,}/gu), null, view)
  }
})

await t.test('i18n: resolves LANG to a language', async t => {
  const rows: Array<[lang: string | undefined, code: string, tag: string, dir: string]> = [
    ['en', 'en', 'en', 'ltr'], ['de', 'de', 'de', 'ltr'], ['LA', 'la', 'es', 'ltr'], ['br', 'br', 'pt-BR', 'ltr'],
    ['ua', 'ua', 'uk', 'ltr'], ['kz', 'kz', 'kk', 'ltr'], ['vn', 'vn', 'vi', 'ltr'], ['sc', 'sc', 'zh-Hans', 'ltr'],
    ['tc', 'tc', 'zh-Hant', 'ltr'], ['ar', 'ar', 'ar', 'rtl'], ['hi', 'hi', 'hi', 'ltr'], ['in', 'hi', 'hi', 'ltr'],
    ['by', 'ru', 'ru', 'ltr'], ['uz', 'ru', 'ru', 'ltr'],
    ['xx', 'en', 'en', 'ltr'], ['', 'en', 'en', 'ltr'], ['constructor', 'en', 'en', 'ltr'],
    [undefined, 'en', 'en', 'ltr']
  ]
  for (const [lang, code, tag, dir] of rows) {
    const language = i18n.resolve(lang)
    t.strictSame([language.code, language.tag, language.dir], [code, tag, dir], String(lang))
  }
})

await t.test('i18n: resolves several languages to the first that it knows', async t => {
  t.equal(i18n.resolve('xx', 'de', 'fr').code, 'de')
  t.equal(i18n.resolve().code, 'en')
})

await t.test('i18n: a language knows its own name', async t => {
  t.equal(i18n.resolve('la').name, 'español')
  t.equal(i18n.resolve('tc').name, '繁體中文')
})

await t.test("i18n: a text is the language's own, and the same when asked again", async t => {
  const { t: translate } = i18n.resolve('de')
  t.equal(translate('page.copy'), textsOf('de')['page.copy'])
  t.equal(translate('page.copy'), textsOf('de')['page.copy'])
})

await t.test('i18n: fills in variables without escaping or interpreting them', async t => {
  const { t: translate } = i18n.resolve('en')
  t.equal(translate('reason.scope', { scope: 'crm' }), 'The application does not have the permission crm.')
  t.match(translate('reason.refused', { code: '<b>{{code}} $t(page.copy)' }), '<b>{{code}} $t(page.copy)')
  t.match(translate('reason.refused', { code: 7 }), '7')
})

await t.test('i18n: gives a text in all languages, by all codes of a portal', async t => {
  const titles = i18n.inAll('link.title')
  t.match(titles, { en: english['link.title'], de: textsOf('de')['link.title'], by: textsOf('ru')['link.title'] })
  t.strictSame(i18n.languages.filter(code => titles[code] !== textsOf(code)['link.title']), [])
})

await t.test('i18n: falls back to English, and to the key', async t => {
  const some = createI18n(t.testdir({
    'en.json': '{ "greeting": "Hello {{name}}", "bye": "Bye" }',
    'de.json': '{ "greeting": "Hallo {{name}}" }',
    'README.md': ''
  }))
  t.strictSame(some.languages, ['de', 'en'])
  const { t: translate } = some.resolve('de')
  t.equal(translate('greeting', { name: 'Eva' }), 'Hallo Eva')
  t.equal(translate('bye'), 'Bye')
  t.equal(translate('nobody.knows'), 'nobody.knows')
  t.strictSame([some.has('bye'), some.has('nobody.knows')], [true, false])
  t.equal(some.resolve('in').code, 'en', 'an alias needs its language')
})

await t.test('i18n: refuses a folder without English, and names a malformed file', async t => {
  t.throws(() => createI18n(t.testdir({ 'de.json': '{}' })), /has no en\.json/)
  for (const text of ['{', '{"a":1}', '{"a":{"b":"c"}}', '["a"]', '"text"', 'null', '5']) {
    const error = { code: 'B24_ERR_LOCALE', message: /\/en\.json: / }
    t.throws(() => createI18n(t.testdir({ 'en.json': text })), error, text)
  }
  const rows = [
    ...['en_US', 'de copy', 'constructor', '__proto__', 'de.old', 'DE', 'pt-BR', 'englisch', '']
      .map(name => [name, 'de']),
    ['in', 'hi'], ['by', 'ru'], ['uz', 'ru']
  ]
  for (const [name, such] of rows) {
    const message = new RegExp(`/${name}\\.json: must be named after a language of Bitrix24, such as ${such}\\.json$`)
    t.throws(() => createI18n(undefined, [t.testdir({ [`${name}.json`]: '{}' })]), { code: 'B24_ERR_LOCALE', message })
  }
})

await t.test('i18n: says which languages Bitrix24 does not have, as a portal of its own may have them', async t => {
  const folder = t.testdir(Object.fromEntries(['sv', 'xx', 'es', 'uk', 'la', 'de'].map(name => [`${name}.json`, '{}'])))
  const said: string[] = []
  createI18n(undefined, [folder], { warn: (text: string) => { said.push(text) } })
  t.strictSame(said.sort(), [
    `${folder}/es.json: Bitrix24 has no language es: is la.json meant?`,
    `${folder}/sv.json: Bitrix24 has no language sv`,
    `${folder}/uk.json: Bitrix24 has no language uk: is ua.json meant?`,
    `${folder}/xx.json: Bitrix24 has no language xx`
  ])
})

await t.test('i18n: prefers texts of your own, and knows their languages', async t => {
  const folder = t.testdir({
    own: { 'en.json': '{ "greeting": "Howdy" }', 'sv.json': '{ "greeting": "Hej" }' },
    later: { 'en.json': '{ "greeting": "Hello", "bye": "Bye" }' }
  })
  const some = createI18n(undefined, [`${folder}/own`])
  t.equal(some.resolve('en').t('bye'), 'bye')
  some.add(`${folder}/later`)
  t.equal(some.resolve('en').t('bye'), 'Bye', 'also one that was read before')
  t.strictSame(['en', 'sv', 'xx'].map(lang => some.resolve(lang).t('greeting')), ['Howdy', 'Hej', 'Howdy'])
  t.equal(some.resolve('sv').t('bye'), 'Bye')
  t.equal(some.resolve('sv').tag, 'sv')
  t.ok(some.languages.includes('sv'))
})
