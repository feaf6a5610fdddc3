import { SMART_PROCESS, SMART_PROCESS_ID } from '../crm/types.ts'
import { newPage } from '../page.ts'
import { RestError } from '../rest-error.ts'
import { scoped, text } from '../rest-method.ts'
import type { RestMethods } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

const SMART_PROCESSES: Row[] = [{
  id: SMART_PROCESS_ID,
  title: 'Delivery',
  code: '',
  createdBy: 1,
  entityTypeId: SMART_PROCESS,
  customSectionId: null,
  isCategoriesEnabled: 'N',
  isStagesEnabled: 'Y',
  isBeginCloseDatesEnabled: 'Y',
  isClientEnabled: 'Y',
  isUseInUserfieldEnabled: 'Y',
  isLinkWithProductsEnabled: 'Y',
  isMycompanyEnabled: 'Y',
  isDocumentsEnabled: 'N',
  isSourceEnabled: 'Y',
  isObserversEnabled: 'Y',
  isRecyclebinEnabled: 'N',
  isAutomationEnabled: 'N',
  isBizProcEnabled: 'N',
  isSetOpenPermissions: 'Y',
  isPaymentsEnabled: 'N',
  isCountersEnabled: 'N',
  createdTime: '2024-07-08T15:24:55+00:00',
  updatedTime: '2024-07-08T15:24:55+00:00',
  updatedBy: 1
}]

/** A type of items that are linked with those of the smart process. */
const linked = (entityTypeId: number, isPredefined: 'Y' | 'N'): Row =>
  ({ entityTypeId, isChildrenListEnabled: 'Y', isPredefined })

/** What crm.type.list leaves out. */
const MORE: Row = {
  relations: { parent: [linked(3, 'Y'), linked(4, 'Y'), linked(2, 'N')], child: [linked(2, 'N')] },
  linkedUserFields: {
    'CALENDAR_EVENT|UF_CRM_CAL_EVENT': 'Y', 'TASKS_TASK|UF_CRM_TASK': 'Y', 'TASKS_TASK_TEMPLATE|UF_CRM_TASK': 'N'
  },
  customSections: []
}

/** The smart process that has this number under the name `key`. */
function typeWith (key: string, given: unknown): { type: Row } {
  const type = SMART_PROCESSES.find(row => String(row[key]) === text(given))
  if (!type) throw new RestError('0', 'SPA not found')
  return { type: { ...type, ...MORE } }
}

/** The types of items that a portal has made: crm.type.list, crm.type.get, crm.type.getByEntityTypeId. */
export const crmMethods: RestMethods = scoped(['crm'], {
  'crm.type.list': ({ params }) => newPage(orderRows(filterRows(SMART_PROCESSES, params.FILTER), params.ORDER),
    params.START, types => ({ types })),
  'crm.type.get': ({ params }) => typeWith('id', params.ID),
  'crm.type.getbyentitytypeid': ({ params }) => typeWith('entityTypeId', params.ENTITYTYPEID)
})
