/**
 * Interface languages of Bitrix24 by its own codes, which are not BCP 47: `la` is Spanish, `br` Brazilian Portuguese.
 */
export const languages: ReadonlyMap<string, string> = new Map([
  ['en', 'English'],
  ['de', 'Deutsch'],
  ['la', 'Español'],
  ['br', 'Português (Brasil)'],
  ['fr', 'Français'],
  ['it', 'Italiano'],
  ['pl', 'Polski'],
  ['ru', 'Русский'],
  ['ua', 'Українська'],
  ['kz', 'Қазақша'],
  ['tr', 'Türkçe'],
  ['ar', 'العربية'],
  ['vn', 'Tiếng Việt'],
  ['id', 'Bahasa Indonesia'],
  ['ms', 'Bahasa Melayu'],
  ['th', 'ภาษาไทย'],
  ['in', 'हिन्दी'],
  ['hi', 'हिन्दी (hi)'],
  ['ja', '日本語'],
  ['sc', '简体中文'],
  ['tc', '繁體中文']
])
