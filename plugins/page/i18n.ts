import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInstance } from 'i18next'
import type { BaseLogger } from 'pino'
import { LocaleError } from '../../src/errors.ts'
import { isLanguage } from '../../src/schemas/placement.ts'

type Texts = Record<string, string>

/** The texts of all languages. */
export type I18n = ReturnType<typeof createI18n>

/** One language of the pages. */
export type Language = ReturnType<I18n['resolve']>

// LANG is not BCP 47: `la` is Spanish, not Latin, `br` Portuguese, not Breton. Codes that differ from their tag:
const tags: Record<string, string> = {
  br: 'pt-BR', kz: 'kk', la: 'es', sc: 'zh-Hans', tc: 'zh-Hant', ua: 'uk', vn: 'vi'
}

// `in` and `hi` are both Hindi. The portal itself answers `by` and `uz` in Russian.
const aliases: Record<string, string> = { in: 'hi', by: 'ru', uz: 'ru' }

const filesIn = (folder: string) => readdirSync(folder).filter(file => file.endsWith('.json'))

function isTexts (value: unknown): value is Texts {
  return typeof value === 'object' && value !== null && !Array.isArray(value) &&
    Object.values(value).every(text => typeof text === 'string')
}

function readTexts (folder: string, name: string): Texts {
  const file = join(folder, name)
  const code = name.slice(0, -5)
  const such = isLanguage(code) ? aliases[code] : 'de'
  if (such) throw new LocaleError(file, `must be named after a language of Bitrix24, such as ${such}.json`)
  try {
    const texts: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (isTexts(texts)) return texts
  } catch (error) {
    throw new LocaleError(file, (error as Error).message)
  }
  throw new LocaleError(file, 'must hold texts by their keys')
}

/**
 * Loads the texts: one JSON file a language, named by its Bitrix24 code, read once.
 *
 * @param folder of the first texts (absolute path)
 * @param own folders whose texts win over all others (absolute paths)
 * @param log hears of languages that Bitrix24 does not have
 * @throws {LocaleError} for a file that is not JSON, or not named after a language
 */
export function createI18n (
  folder = join(import.meta.dirname, 'locales'), own: readonly string[] = [], log?: Pick<BaseLogger, 'warn'>
) {
  const codes = filesIn(folder).map(file => file.slice(0, -5)).sort()
  if (!codes.includes('en')) throw new LocaleError(folder, 'has no en.json')
  const i18next = createInstance({
    initAsync: false, // nothing is fetched: `init` is done when it returns
    fallbackLng: 'en',
    load: 'currentOnly',
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false }, // eta escapes
    resources: Object.fromEntries(codes.map(code => [
      tagOf(code), { translation: readTexts(folder, `${code}.json`) }
    ]))
  }, () => {})

  // Most texts have no variables: they are looked up once, not on every page.
  const lookedUp: Array<Map<string, string>> = []
  const languages = new Map<string, ReturnType<typeof createLanguage>>()
  for (const code of codes) addLanguage(code)
  const english = createLanguage('en')
  for (const folder of own) addTexts(folder)

  return {
    /** Codes of Bitrix24 that have texts of their own. */
    languages: codes,
    /** Adds the texts of another folder; they replace those that are there. Throws as `createI18n` does. */
    add (folder: string): void {
      addTexts(folder)
      for (const folder of own) addTexts(folder)
      for (const texts of lookedUp) texts.clear()
    },
    /** Whether a key exists (in English, so in every language). */
    has: (key: string): boolean => i18next.exists(key, { lng: 'en' }),
    /** A text in each language by its code, as a placement takes its title. */
    inAll: (key: string): Texts => Object.fromEntries([...languages].map(([code, { t }]) => [code, t(key)])),
    /** The language for LANG as the portal sent it, in upper or lower case, or the first known; English without one. */
    resolve: (...langs: ReadonlyArray<string | undefined>) =>
      langs.map((lang = '') => languages.get(lang) ?? languages.get(lang.toLowerCase())).find(Boolean) ?? english
  }

  function addTexts (folder: string): void {
    for (const file of filesIn(folder)) {
      const code = file.slice(0, -5)
      i18next.addResources(tagOf(code), 'translation', readTexts(folder, file))
      if (languages.has(code)) continue
      const meant = Object.keys(tags).find(known => tags[known]?.split('-')[0] === code)
      log?.warn(`${join(folder, file)}: Bitrix24 has no language ${code}${meant ? `: is ${meant}.json meant?` : ''}`)
      codes.push(code)
      addLanguage(code)
    }
  }

  function addLanguage (code: string): void {
    languages.set(code, createLanguage(code))
    for (const [alias, of] of Object.entries(aliases)) if (of === code) languages.set(alias, createLanguage(code))
  }

  function createLanguage (code: string) {
    const tag = tagOf(code)
    const translate = i18next.getFixedT(tag)
    const texts = new Map<string, string>()
    lookedUp.push(texts)
    // Half a millisecond for each language, most of which nobody here speaks: made when it is read.
    let name: string | undefined
    return {
      /** Of Bitrix24, e.g. `la`. */
      code,
      /** BCP 47, e.g. `es`; for `lang` attributes and `Intl`. */
      tag,
      dir: i18next.dir(tag),
      /** The language's own name, e.g. `español`. */
      get name (): string {
        name ??= String(new Intl.DisplayNames([tag], { type: 'language' }).of(tag))
        return name
      },
      /** A text, with its `{{variables}}` filled in, not HTML-escaped; English when this language lacks it. */
      t (key: string, vars?: Record<string, string | number>): string {
        if (vars !== undefined) return translate(key, { replace: vars })
        let text = texts.get(key)
        if (text === undefined) texts.set(key, text = translate(key))
        return text
      }
    }
  }
}

const tagOf = (code: string): string => tags[code] ?? code
