import type { I18n } from '../page/i18n.ts'

/** A text that the locales have for a screen; undefined: none, and the declaration's own counts. In: its name, and `title`, `docId`, `docId.help` or `tab.choice.terms`. */
export type ScreenText = (screen: string, key: string) => string | undefined

/** The texts of screens in a language of Bitrix24: `screen.<name>.title`, `screen.<name>.<field>`, `screen.<name>.<field>.help`, `screen.<name>.<field>.choice.<value>`. */
export function screenTexts (i18n: Pick<I18n, 'has' | 'resolve'>, lang: string): ScreenText {
  const { t } = i18n.resolve(lang)
  return (screen, key) => {
    const name = `screen.${screen}.${key}`
    return i18n.has(name) ? t(name) : undefined
  }
}
