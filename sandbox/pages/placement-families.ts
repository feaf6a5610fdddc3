/** Headings for placements, each with the words with which the codes below it begin. */
const FAMILIES: ReadonlyArray<[heading: string, beginning: RegExp]> = [
  ['Application', /^(?:DEFAULT|REST_APP|PAGE_|LEFT_MENU|SETTING_|BI_)/],
  ['CRM: leads', /^CRM_LEAD_/],
  ['CRM: deals', /^CRM_DEAL_/],
  ['CRM: contacts', /^CRM_CONTACT_/],
  ['CRM: companies', /^CRM_COMPANY_/],
  ['CRM: quotes', /^CRM_QUOTE_/],
  ['CRM: invoices', /^CRM_SMART_INVOICE_/],
  ['CRM: smart processes', /^CRM_DYNAMIC_/],
  ['CRM: everything else', /^CRM_/],
  ['Chat', /^IM/],
  ['Tasks', /^TASK_/],
  ['Groups', /^SONET_GROUP_/],
  ['Calendar', /^CALENDAR_/],
  ['Telephony and contact center', /^(?:CALL_|TELEPHONY_|CONTACT_CENTER)/],
  ['Employees', /^(?:USER_|HCMLINK_)/],
  ['Fields', /^USERFIELD_/],
  ['Sites', /^LANDING_/],
  ['Automation', /^BIZPROC_/],
  ['Others', /^/]
]

/** Placements that belong together. */
export interface Family { heading: string, codes: string[] }

/**
 * Sorts codes of placements below headings. With `find` only those remain whose code or heading has all of its words.
 */
export function familiesOf (codes: Iterable<string>, find = ''): Family[] {
  const words = find.toLowerCase().split(/\s+/)
  const byHeading = Map.groupBy([...codes].sort(), code => FAMILIES.find(([, beginning]) => beginning.test(code))?.[0])
  return FAMILIES.map(([heading]) => ({
    heading,
    codes: byHeading.get(heading)?.filter(code =>
      words.every(word => `${heading} ${code}`.toLowerCase().includes(word))) ?? []
  })).filter(family => family.codes.length > 0)
}
