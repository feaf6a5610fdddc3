import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import type { Row } from '../select-rows.ts'
import { translate } from './translate.ts'

/** The value of a directory as crm.status.get shows it, in a language. */
export const statusRow = ({ id, parent, title, fields }: Entry, lang: string): Row => ({
  ID: String(id),
  ENTITY_ID: parent,
  ...fields,
  NAME: translate(title, lang),
  NAME_INIT: translate(String(fields.NAME_INIT), lang)
})

/** What people call a stage; its own name where the directory does not have it. */
export const stageName = ({ content }: Portal, directory: string, stage: string, lang: string): string =>
  translate(content.list('status', directory).find(({ fields }) => fields.STATUS_ID === stage)?.title ?? stage, lang)

/** A pipeline as crm.category.get shows it, in a language. */
export const categoryRow = ({ parent, title, fields }: Entry, lang: string): Row =>
  ({ ...fields, name: translate(title, lang), entityTypeId: Number(parent) })

/** The pipelines of a type. */
export const categoriesOf = ({ content }: Portal, type: number): Entry[] => content.list('category', String(type))
  .sort((left, right) => Number(left.fields.sort) - Number(right.fields.sort))
