import { rename, toCamelCase, toFieldName } from '../field-names.ts'
import type { Row } from '../select-rows.ts'

// The names that crm.item.* gives to fields, and those under which they are kept: stageId and STAGE_ID, parentId2 and
// PARENT_ID_2, ufCrm2_1639669411830 and UF_CRM_2_1639669411830, ufCrm2Size and UF_CRM_2_SIZE, ufCrm_1639669411830 and
// UF_CRM_1639669411830.

/** Whether it is a custom field, under either of its names. */
export const isCustom = (name: string): boolean => /^uf_?crm/i.test(name)

/** The name under which a field of an item is kept. A name in capitals stays as it is. */
export function toKept (name: string): string {
  if (!/[a-z]/.test(name)) return name
  return toFieldName(name).replace(/^PARENT_ID(?=\d)/, 'PARENT_ID_').replace(/^UF_CRM(?=\d)/, 'UF_CRM_')
}

/** The name that crm.item.* gives to a field. */
export const toItemName = (name: string): string =>
  toCamelCase(name).replace(/^parentId_/, 'parentId').replace(/^ufCrm_(?=\d+[_A-Z])/, 'ufCrm')

/** A row whose custom fields have the names under which they were created. */
export const withOriginalNames = (row: Row): Row => rename(row, name => isCustom(name) ? toKept(name) : name)
