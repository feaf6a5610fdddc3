import type english from '../../locales/en.json'

export type TextKey = keyof typeof english

// The texts of the service's own pages as well: a file a language, named by its Bitrix24 code.
const files = import.meta.glob<Partial<typeof english>>('../../locales/*.json', { eager: true, import: 'default' })
const textsOf = (lang: string) => files[`../../locales/${lang}.json`]

/** The texts of a language; English where it has none. */
export function translator (lang: string): (key: TextKey) => string {
  const texts = { ...textsOf('en'), ...textsOf(lang) }
  return key => texts[key] ?? key
}

/** '' for what is no time, which Intl would throw at. */
export const timeText = (time: string, locale: string): string => Number.isNaN(Date.parse(time))
  ? ''
  : new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time))
