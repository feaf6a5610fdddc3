const CHANGES = ['ADD', 'UPDATE', 'DELETE'] as const
type Change = (typeof CHANGES)[number]

/** The events of something that people add, change and remove. */
const changesOf = <T extends string>(...things: T[]): Array<`ON${T}${Change}`> =>
  things.flatMap(thing => CHANGES.map(change => `ON${thing}${change}` as const))

const CRM_ITEMS = ['CRMLEAD', 'CRMDEAL', 'CRMCONTACT', 'CRMCOMPANY', 'CRMQUOTE'] as const

const customFieldsOf = <T extends string>(...things: T[]) => [
  ...changesOf(...things.map(thing => `${thing}USERFIELD` as const)),
  ...things.map(thing => `ON${thing}USERFIELDSETENUMVALUES` as const)
]

/** The events about data of the portal, by the scope that they need. */
const BY_SCOPE = {
  user: ['ONUSERADD'],
  crm: [
    ...changesOf(...CRM_ITEMS, 'CRMINVOICE', 'CRMCURRENCY', 'CRMPRODUCT', 'CRMPRODUCTPROPERTY', 'CRMPRODUCTSECTION',
      'CRMACTIVITY', 'CRMREQUISITE', 'CRMBANKDETAIL', 'CRMMEASURE', 'CRMDEALRECURRING', 'CRMINVOICERECURRING',
      'CRMTIMELINECOMMENT', 'CRMDYNAMICITEM', 'CRMTYPE', 'CRMDOCUMENTGENERATORDOCUMENT'),
    ...customFieldsOf(...CRM_ITEMS, 'CRMINVOICE', 'CRMREQUISITE'),
    ...CHANGES.flatMap(change => [31, 183].map(type => `ONCRMDYNAMICITEM${change}_${type as 31 | 183}` as const)),
    'ONCRMINVOICESETSTATUS', 'ONCRMDEALMOVETOCATEGORY', 'ONCRMADDRESSREGISTER', 'ONCRMADDRESSUNREGISTER',
    'ONCRMDEALRECURRINGEXPOSE', 'ONCRMINVOICERECURRINGEXPOSE'
  ],
  task: changesOf('TASK', 'TASKCOMMENT'),
  calendar: changesOf('CALENDARENTRY', 'CALENDARSECTION'),
  sonet_group: [
    'ONSONETGROUPADD', 'ONSONETGROUPUPDATE', 'ONSONETGROUPDELETE', 'ONSONETGROUPSUBJECTADD',
    'ONSONETGROUPSUBJECTUPDATE', 'ONSONETGROUPSUBJECTDELETE'
  ],
  telephony: [
    'ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLSTART', 'ONVOXIMPLANTCALLEND', 'ONEXTERNALCALLSTART',
    'ONEXTERNALCALLBACKSTART'
  ]
} as const

/** The events about data of the portal that the sandbox knows. */
export type DataEventName = (typeof BY_SCOPE)[keyof typeof BY_SCOPE][number]

/** The scope that an event needs, by its name. */
export const dataEvents: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_SCOPE).flatMap(([scope, names]) => names.map(name => [name, scope])))

const DOES_NOT_APPLY = 'undefined'

/** A task before and after its change, whatever of it exists then. */
function taskData (name: string, task: Record<string, string>): Record<string, string> {
  const fields = (moment: string): Array<[string, string]> =>
    Object.entries(task).map(([key, value]) => [`data[FIELDS_${moment}][${key}]`, value])
  const isNew = name.endsWith('ADD')
  const isGone = name.endsWith('DELETE')
  return {
    ...(isNew ? { 'data[FIELDS_BEFORE]': DOES_NOT_APPLY } : Object.fromEntries(fields('BEFORE'))),
    ...(isGone ? { 'data[FIELDS_AFTER]': DOES_NOT_APPLY } : Object.fromEntries(fields('AFTER'))),
    'data[IS_ACCESSIBLE_BEFORE]': isNew ? 'N' : DOES_NOT_APPLY,
    'data[IS_ACCESSIBLE_AFTER]': isGone ? 'N' : DOES_NOT_APPLY
  }
}

/** The form fields in which an event says what has changed. `others` are further fields beside its number. */
export function eventData (
  name: DataEventName, id: number | string, others: Record<string, string> = {}
): Record<string, string> {
  const fields = { ID: String(id), ...others }
  if (name.startsWith('ONTASK')) return taskData(name, fields)
  if (name.startsWith('ONCALENDAR')) return { 'data[id]': String(id) }
  if (name.startsWith('ONCRMTIMELINECOMMENT')) return { 'data[ID]': String(id) }
  const place = name === 'ONUSERADD' ? 'data' : 'data[FIELDS]'
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [`${place}[${key}]`, value]))
}
