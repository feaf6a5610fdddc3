// What is declared, as a portal is told of it and keeps it.
import { hash } from 'node:crypto'
import type { Texts } from '../../src/schemas/placement.ts'
import type { PlacementDeclaration } from '../placement-dispatch/declaration.ts'
import type { PlacementRow } from './portal-rows.ts'

/** Where the portal reaches one of several handlers. */
export const addressOf = (handler: string, name?: string): string =>
  name === undefined ? handler : `${handler}?handler=${name}`

/** Tells an icon from another one; undefined: there is none. */
export const iconHash = ({ icon }: PlacementDeclaration): string | undefined =>
  icon && hash('sha256', icon.join('\n'), 'base64url').slice(0, 16)

/** The parameters of placement.bind. */
export function bindParams (declaration: PlacementDeclaration, handler: string): Record<string, unknown> {
  const langAll = toLangAll(declaration)
  return {
    PLACEMENT: declaration.code,
    HANDLER: addressOf(handler, declaration.name),
    ...(declaration.userId !== undefined && { USER_ID: declaration.userId }),
    ...(declaration.icon !== undefined && { ICON: { fileData: declaration.icon } }),
    ...(langAll !== undefined && { LANG_ALL: langAll }),
    ...(declaration.bindOptions !== undefined && { OPTIONS: declaration.bindOptions })
  }
}

const fields = { title: 'TITLE', description: 'DESCRIPTION', groupName: 'GROUP_NAME' } as const

/** LANG_ALL of placement.bind: texts by language. A text for all languages is under `en`, every portal's fallback. */
function toLangAll (declaration: PlacementDeclaration): Record<string, Record<string, string>> | undefined {
  const langAll: Record<string, Record<string, string>> = {}
  for (const [field, name] of Object.entries(fields)) {
    const texts: Texts = declaration[field as keyof typeof fields] ?? {}
    for (const [lang, text] of Object.entries(typeof texts === 'string' ? { en: texts } : texts)) {
      langAll[lang] = { ...langAll[lang], [name]: text }
    }
  }
  return Object.keys(langAll).length === 0 ? undefined : langAll
}

/** '' for null and what holds others: some objects of JSON throw where a text is wanted, such as {"toString":1}. */
export const textOf = (value: unknown): string => typeof value === 'object' ? '' : String(value ?? '')

/** Whether the row says what the declaration says. Texts that the declaration does not name are left to the portal. */
export function isSame (declaration: PlacementDeclaration, row: PlacementRow): boolean {
  const bound: Record<string, unknown> = { ...row.langAll }
  const isBound = (lang: string, name: string, text: string) =>
    Object.entries({ ...bound[lang] as object }).some(([key, value]) => key === name && value === text)
  const textsAgree = Object.entries(toLangAll(declaration) ?? {}).every(([lang, texts]) =>
    Object.entries(texts).every(([name, text]) => isBound(lang, name, text)))
  const options: Record<string, unknown> = { ...row.options }
  const wanted = Object.entries(declaration.bindOptions ?? {})
  return textsAgree && wanted.every(([key, value]) => textOf(options[key]) === String(value))
}
