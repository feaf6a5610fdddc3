import type { RestMethod } from '../rest-method.ts'
import { accessMethods } from './access.ts'
import { activityMethods } from './activity.ts'
import { activitySettingMethods } from './activity-setting.ts'
import { applicationMethods } from './application.ts'
import { calendarSectionMethods } from './calendar-section.ts'
import { calendarMethods } from './calendar.ts'
import { categoryMethods } from './category.ts'
import { chatMethods } from './chat.ts'
import { checklistItemMethods } from './checklist-item.ts'
import { configurableActivityMethods } from './configurable-activity.ts'
import { crmMethods } from './crm.ts'
import { departmentMethods } from './department.ts'
import { diskMethods } from './disk.ts'
import { diskObjectMethods } from './disk-object.ts'
import { diskSearchMethods } from './disk-search.ts'
import { elapsedItemMethods } from './elapsed-item.ts'
import { eventListMethods } from './event-list.ts'
import { eventMethods } from './event.ts'
import { imMethods } from './im.ts'
import { inviteMethods } from './invite.ts'
import { itemMethods } from './item.ts'
import { legacyMethods } from './legacy.ts'
import { legacyProductRowMethods } from './legacy-product-row.ts'
import { linkMethods } from './link.ts'
import { logMethods } from './log.ts'
import { methodMethods } from './method.ts'
import { offlineMethods } from './offline.ts'
import { optionMethods } from './option.ts'
import { placementMethods } from './placement.ts'
import { productRowMethods } from './product-row.ts'
import { statusEntityMethods } from './status-entity.ts'
import { statusMethods } from './status.ts'
import { taskActionMethods } from './task-action.ts'
import { taskCommentMethods } from './task-comment.ts'
import { taskDetailMethods } from './task-details.ts'
import { taskMethods } from './task.ts'
import { timelineMethods } from './timeline.ts'
import { todoMethods } from './todo.ts'
import { userFieldConfigMethods } from './user-field-config.ts'
import { userFieldTypeMethods } from './user-field-type.ts'
import { userFieldMethods } from './user-field.ts'
import { userMethods } from './user.ts'

/** Every REST method of a portal except batch, by its name in lower case. */
export const methods: ReadonlyMap<string, RestMethod> = new Map<string, RestMethod>(Object.entries({
  ...accessMethods,
  ...activityMethods,
  ...activitySettingMethods,
  ...applicationMethods,
  ...calendarMethods,
  ...calendarSectionMethods,
  ...categoryMethods,
  ...chatMethods,
  ...checklistItemMethods,
  ...configurableActivityMethods,
  ...crmMethods,
  ...departmentMethods,
  ...diskMethods,
  ...diskObjectMethods,
  ...diskSearchMethods,
  ...elapsedItemMethods,
  ...eventListMethods,
  ...eventMethods,
  ...imMethods,
  ...inviteMethods,
  ...itemMethods,
  ...legacyMethods,
  ...legacyProductRowMethods,
  ...linkMethods,
  ...logMethods,
  ...methodMethods(() => methods),
  ...offlineMethods,
  ...optionMethods,
  ...placementMethods,
  ...productRowMethods,
  ...statusEntityMethods,
  ...statusMethods,
  ...taskActionMethods,
  ...taskCommentMethods,
  ...taskDetailMethods,
  ...taskMethods,
  ...timelineMethods,
  ...todoMethods,
  ...userFieldConfigMethods,
  ...userFieldMethods,
  ...userFieldTypeMethods,
  ...userMethods
}))
