import { dto } from '../dto.ts'
import { KEPT } from './task-fields.ts'

const USER = dto('UserDto', 'id:int name role image:object gender email externalAuthId rights:array')

/** A task. Groups, stages, flows and so on, which it could be related to, are not in the sandbox: they are null. */
export const TASK = dto('TaskDto', `id*:int title* description* creatorId:int creator:object created:DateTime
  responsibleId:int responsible:object deadline*:DateTime needsControl*:bool startPlan*:DateTime endPlan*:DateTime
  fileIds*:array checklist*:array groupId:int group:object stageId:int stage:object epicId*:int storyPoints*:int
  flowId:int flow:object priority* status* statusChanged*:DateTime accomplices:array auditors:array parentId*:int
  parent:object containsChecklist*:bool containsSubTasks*:bool containsRelatedTasks*:bool containsGanttLinks*:bool
  containsPlacements*:bool containsResults*:bool numberOfReminders*:int chatId*:int chat:object plannedDuration*:int
  actualDuration*:int durationType* started*:DateTime estimatedTime*:int replicate*:bool changed*:DateTime
  changedById:int changedBy:object statusChangedById:int statusChangedBy:object closedById:int closedBy:object
  closed*:DateTime activity*:DateTime guid* xmlId* exchangeId* exchangeModified* outlookVersion*:int mark*
  allowsChangeDeadline*:bool allowsTimeTracking*:bool matchesWorkTime*:bool addInReport*:bool isMultitask*:bool
  siteId* forkedByTemplateId:int forkedByTemplate:object deadlineCount*:int declineReason* forumTopicId*:int link*
  rights*:array archiveLink* crmItemIds*:array emailId:int email:object elapsedTime:object requireResult*:bool
  matchesSubTasksTime*:bool autocompleteSubTasks*:bool allowsChangeDatePlan*:bool maxDeadlineChangeDate*:DateTime
  maxDeadlineChanges*:int requireDeadlineChangeReason*:bool inFavorite*:array inPin*:array inGroupPin*:array
  inMute*:array source:object dependsOn*:array scenarios*:array`, {
  relations: {
    creator: USER,
    responsible: USER,
    accomplices: USER,
    auditors: USER,
    changedBy: USER,
    statusChangedBy: USER,
    closedBy: USER,
    parent: dto('TaskDto', 'id:int title description'),
    chat: dto('ChatDto', 'id:int entityId:int entityType')
  },
  filterable: 'id',
  sortable: `id title creatorId created responsibleId deadline startPlan endPlan groupId priority status started
    estimatedTime changed closed activity mark allowsChangeDeadline allowsTimeTracking`,
  editable: ['title', 'description', ...Object.keys(KEPT)].join(' ')
})

/** What is told of files that a task gets. */
export const TASK_FILE = dto('FileDto', 'taskId:int fileIds:array')

/** A message in the chat of a task. */
export const CHAT_MESSAGE = dto('MessageDto', 'id:int taskId:int text', { filterable: 'id', sortable: 'id' })
