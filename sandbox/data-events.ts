const CHANGES = ['ADD', 'UPDATE', 'DELETE'] as const
type Change = (typeof CHANGES)[number]

// Each name stands here once, as the declarations of the package show the lists.

/** What people add, change and remove, by the scope that its events need. */
const CHANGED = {
  crm: [
    'CRMLEAD', 'CRMDEAL', 'CRMCONTACT', 'CRMCOMPANY', 'CRMQUOTE', 'CRMINVOICE', 'CRMCURRENCY', 'CRMPRODUCT',
    'CRMPRODUCTPROPERTY', 'CRMPRODUCTSECTION', 'CRMACTIVITY', 'CRMREQUISITE', 'CRMBANKDETAIL', 'CRMMEASURE',
    'CRMDEALRECURRING', 'CRMINVOICERECURRING', 'CRMTIMELINECOMMENT', 'CRMDYNAMICITEM', 'CRMTYPE',
    'CRMDOCUMENTGENERATORDOCUMENT'
  ],
  task: ['TASK', 'TASKCOMMENT'],
  calendar: ['CALENDARENTRY', 'CALENDARSECTION'],
  sonet_group: ['SONETGROUP', 'SONETGROUPSUBJECT']
} as const

/** What of the CRM has custom fields, and what becomes of those. */
const WITH_FIELDS = ['LEAD', 'DEAL', 'CONTACT', 'COMPANY', 'QUOTE', 'TYPE', 'INVOICE', 'REQUISITE'] as const
const FIELD_CHANGES = [...CHANGES, 'SETENUMVALUES'] as const

/** Invoices and the smart process. */
const DYNAMIC = [31, 183] as const

/** Other events, by the scope that they need. */
const OTHERS = {
  user: ['ONUSERADD'],
  crm: [
    'ONCRMINVOICESETSTATUS', 'ONCRMDEALMOVETOCATEGORY', 'ONCRMADDRESSREGISTER', 'ONCRMADDRESSUNREGISTER',
    'ONCRMDEALRECURRINGEXPOSE', 'ONCRMINVOICERECURRINGEXPOSE'
  ],
  telephony: [
    'ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLSTART', 'ONVOXIMPLANTCALLEND', 'ONEXTERNALCALLSTART',
    'ONEXTERNALCALLBACKSTART'
  ]
} as const

type AnyOf<T extends Record<string, readonly string[]>> = T[keyof T][number]

/** The events about data of the portal that the sandbox knows. */
export type DataEventName = `ON${AnyOf<typeof CHANGED>}${Change}` | AnyOf<typeof OTHERS> |
  `ONCRM${(typeof WITH_FIELDS)[number]}USERFIELD${(typeof FIELD_CHANGES)[number]}` |
  `ONCRMDYNAMICITEM${Change}_${(typeof DYNAMIC)[number]}`

/** The scope that an event needs, by its name. */
export const dataEvents: ReadonlyMap<string, string> = new Map([
  ...Object.entries(OTHERS).flatMap(([scope, names]) => names.map((name): [string, string] => [name, scope])),
  ...Object.entries(CHANGED).flatMap(([scope, things]) => things.flatMap(thing =>
    CHANGES.map((change): [string, string] => [`ON${thing}${change}`, scope]))),
  ...[
    ...WITH_FIELDS.flatMap(thing => FIELD_CHANGES.map(change => `ONCRM${thing}USERFIELD${change}`)),
    ...DYNAMIC.flatMap(type => CHANGES.map(change => `ONCRMDYNAMICITEM${change}_${type}`))
  ].map((name): [string, string] => [name, 'crm'])
])

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
