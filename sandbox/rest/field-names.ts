import type { Row } from './select-rows.ts'

/** RESPONSIBLE_ID as responsibleId: the names of new methods. */
export const toCamelCase = (name: string): string =>
  name.toLowerCase().replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())

/** responsibleId as RESPONSIBLE_ID: the names in which fields are kept. */
export const toFieldName = (name: string): string => name.replace(/[a-z0-9](?=[A-Z])/g, '$&_').toUpperCase()

/** A row with other names. */
export const rename = (row: Row, name: (key: string) => string): Row =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [name(key), value]))
