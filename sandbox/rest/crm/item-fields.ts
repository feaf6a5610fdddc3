import { toFieldName } from '../field-names.ts'
import type { Row } from '../select-rows.ts'
import { toItemName, toKept } from './field-names.ts'
import { FIELDS, type ItemField } from './fields.ts'
import type { ItemType } from './types.ts'

const PARENT = /^parentId(\d+)$/

const isListed = (name: string): boolean => FIELDS[name]?.access !== 'answer'

/** A field as crm.item.fields describes it. */
export function describe (type: ItemType, name: string): Row {
  const [, parent] = PARENT.exec(name) ?? []
  const field: ItemField = FIELDS[name] ?? { type: 'crm_entity', title: 'Parent item' }
  const statusType = name === 'typeId'
    ? type.kinds
    : /stageId$/i.test(name) ? type.stages?.(type.category ?? 0) : field.statusType
  const settings = parent === undefined ? field.settings : { parentEntityTypeId: Number(parent) }
  return {
    type: field.type,
    isRequired: field.isRequired ?? false,
    isReadOnly: field.access === 'read',
    isImmutable: field.access === 'create',
    isMultiple: field.isMultiple ?? false,
    isDynamic: false,
    ...(field.isDeprecated && { isDeprecated: true }),
    ...(statusType !== undefined && { statusType }),
    title: field.title,
    ...(settings && { settings }),
    upperName: parent === undefined ? toFieldName(name) : toKept(name)
  }
}

/** A custom field: the portal has not heard of its type. */
export const describeCustom = (upperName: string): Row => ({
  type: 'string',
  isRequired: false,
  isReadOnly: false,
  isImmutable: false,
  isMultiple: false,
  isDynamic: true,
  title: upperName,
  upperName
})

/** The fields of a type as crm.item.fields describes them; `custom` are those that items of the portal have beside. */
export const describeFields = (type: ItemType, custom: Record<string, Row>): Record<string, Row> => Object.fromEntries([
  ...type.fields.filter(isListed).map(name => [name, describe(type, name)]),
  ...Object.entries(custom).map(([name, field]) => [toItemName(name), field])
])
