import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from '../../folders.ts'

const locales = folder('rest/crm/locales')

/** By language: the names that a portal gives to its first stages and pipelines, under the English ones. */
const names: ReadonlyMap<string, Record<string, string>> = new Map(readdirSync(locales).map(file =>
  [file.replace('.json', ''), JSON.parse(readFileSync(join(locales, file), 'utf8'))]))

/** A name of the examples as a portal of that language has it; English where there is no other. */
export const translate = (name: string, lang: string): string =>
  // Bitrix24 has two codes for Hindi.
  names.get(lang === 'in' ? 'hi' : lang)?.[name] ?? name
