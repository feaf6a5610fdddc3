import type { Portal } from '../../../sandbox/index.ts'
import { writtenUserField } from '../../../sandbox/rest/crm/write-user-field.ts'
import { exampleOf, keep, type Row } from './documented.ts'

/** Keeps a custom field, as the methods to add one would write it. */
const field = (id: number, entity: string, given: Record<string, unknown>) => (portal: Portal): void => {
  const fields = writtenUserField(portal, String(given.USER_TYPE_ID), given)
  keep({ kind: 'user-field', id, authorId: 1, parent: entity, title: String(given.FIELD_NAME), fields })(portal)
}

/** Keeps nothing but the custom fields of the example of a list. All of them are required, and have several values. */
const listed = (method: string) => (portal: Portal): void => {
  for (const earlier of portal.content.list('user-field')) portal.content.remove(earlier)
  for (const given of Object(exampleOf(method).answer.result)) {
    field(Number(given.ID), given.ENTITY_ID, { ...given, MULTIPLE: 'Y', MANDATORY: 'Y' })(portal)
  }
}

const text = { USER_TYPE_ID: 'string', FIELD_NAME: 'UF_CRM_1' }
/** The smart processes of the example, which the sandbox has not. */
const PROCESSES = [1224, 1226, 1268, 1278].map(id => `.result.SETTINGS.DYNAMIC_${id}: missing`)

/** The list of the examples, of the smart process that the sandbox has. */
const LIST = {
  USER_TYPE_ID: 'enumeration', FIELD_NAME: 'UF_CRM_5_LIST', MULTIPLE: 'Y', LIST: [{ VALUE: 'One' }, { VALUE: 'Two' }]
}
const added = {
  ...Object(exampleOf('userfieldconfig.add').params.field), entityId: 'CRM_5', fieldName: 'UF_CRM_5_NEW_REST_LIST_2026'
}

export const userFieldRows: Row[] = [
  { name: 'crm.deal.userfield.add' },
  { name: 'crm.deal.userfield.update', seed: field(536, 'CRM_DEAL', text), own: [] },
  { name: 'crm.deal.userfield.get', seed: field(399, 'CRM_DEAL', text) },
  { name: 'crm.deal.userfield.list', seed: listed('crm.deal.userfield.list') },
  { name: 'crm.deal.userfield.delete', seed: field(432, 'CRM_DEAL', text), own: [] },
  { name: 'crm.contact.userfield.add' },
  { name: 'crm.contact.userfield.update', seed: field(536, 'CRM_CONTACT', text), own: [] },
  // Portals have more languages than the example of contacts.
  { name: 'crm.contact.userfield.get', seed: field(399, 'CRM_CONTACT', text), isPart: true },
  {
    name: 'crm.contact.userfield.list',
    seed: listed('crm.contact.userfield.list'),
    differs: [...PROCESSES, '.result.SETTINGS.DEAL: not documented']
  },
  { name: 'crm.contact.userfield.delete', seed: field(432, 'CRM_CONTACT', text), own: [] },
  { name: 'crm.company.userfield.get', seed: field(399, 'CRM_COMPANY', text), isPart: true },
  { name: 'crm.company.userfield.delete', seed: field(432, 'CRM_COMPANY', text), own: [] },
  { name: 'user.userfield.add' },
  { name: 'user.userfield.update', seed: field(42, 'USER', text), own: [] },
  { name: 'user.userfield.list', seed: listed('user.userfield.list') },
  { name: 'user.userfield.delete', seed: field(123, 'USER', text), own: [] },
  // Portals have more languages than these examples.
  { name: 'userfieldconfig.add', params: { field: added }, isPart: true },
  { name: 'userfieldconfig.get', seed: field(7095, 'CRM_5', LIST), isPart: true },
  { name: 'userfieldconfig.update', seed: field(7095, 'CRM_5', LIST), isPart: true },
  { name: 'userfieldconfig.list', seed: field(7095, 'CRM_5', LIST), differs: ['.next: missing'] },
  { name: 'userfieldconfig.delete', seed: field(6953, 'CRM_5', LIST), own: [] },
  { name: 'userfieldconfig.gettypes', differs: ['.result.types.rest_219_test: missing'] },
  { name: 'crm.userfield.types', own: [] },
  { name: 'crm.userfield.fields' },
  { name: 'crm.userfield.enumeration.fields' },
  { name: 'crm.userfield.settings.fields' }
]
