import { SMART_PROCESS, SMART_PROCESS_ID } from '../crm/types.ts'
import { newPage } from '../page.ts'
import type { RestMethods } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

const scopes = ['crm']

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

/** The types of items that a portal has made: crm.type.list. */
export const crmMethods: RestMethods = {
  'crm.type.list': {
    scopes,
    run: ({ params }) => newPage(orderRows(filterRows(SMART_PROCESSES, params.FILTER), params.ORDER), params.START,
      types => ({ types }))
  }
}
