import { categoriesIn, statusesIn } from '../crm/directories.ts'
import { itemType, SMART_PROCESS } from '../crm/types.ts'
import { page, Page } from '../page.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

const scopes = ['crm']

const SMART_PROCESSES: Row[] = [{
  id: 5,
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

function categoriesOf (call: RestCall): Row[] {
  const { id, title } = itemType(call)
  const found = categoriesIn(call.token.lang, id)
  if (!found) throw new RestError('ENTITY_TYPE_NOT_SUPPORTED', `Entity type \`${title}\` is not supported`)
  return found
}

function category (call: RestCall): { category: Row } {
  const found = categoriesOf(call).find(({ id }) => String(id) === text(call.params.ID))
  if (!found) throw new RestError('NOT_FOUND', 'Element not found')
  return { category: found }
}

/** What the CRM is made of: crm.status.list, crm.category.list and .get, crm.type.list. */
export const crmMethods: RestMethods = {
  'crm.status.list': {
    scopes,
    run: ({ params, token: { lang } }) =>
      page(orderRows(filterRows(statusesIn(lang), params.FILTER), params.ORDER), params.START)
  },
  'crm.category.list': {
    scopes,
    run (call) {
      const categories = categoriesOf(call)
      return new Page({ categories }, categories.length, undefined)
    }
  },
  'crm.category.get': { scopes, run: category },
  'crm.type.list': {
    scopes,
    run: ({ params }) => page(orderRows(filterRows(SMART_PROCESSES, params.FILTER), params.ORDER), params.START,
      types => ({ types }))
  }
}
