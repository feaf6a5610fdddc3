import { dto } from '../dto.ts'

const FILE = dto('FileDto', 'id:int src name width:int height:int size:int subDir contentType file:array')

const USER = dto('UserDto', 'id:int name role image:object gender email externalAuthId rights:array',
  { relations: { image: FILE } })

const GROUP = dto('GroupDto', 'id:int name image:object type isVisible:bool')
const CHAT = dto('ChatDto', 'id:int entityId:int entityType')
const ELAPSED_TIME = dto('ElapsedTimeDto',
  'id:int userId:int taskId:int minutes:int seconds:int source text createdAtTs:int startTs:int stopTs:int')
const EMAIL = dto('EmailDto', 'id:int taskId:int mailboxId:int title body from dateTs:int link')

/** A task. It has no group, stage, flow and so on in the sandbox: they are null. */
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
    group: GROUP,
    stage: dto('StageDto', 'id:int title color'),
    flow: dto('FlowDto', 'id:int name'),
    parent: dto('TaskDto', 'id:int title description priority status deadline:DateTime'),
    chat: CHAT,
    email: EMAIL,
    elapsedTime: ELAPSED_TIME,
    source: dto('SourceDto', 'type data:array')
  },
  filterable: 'id',
  sortable: `id title creatorId created responsibleId deadline startPlan endPlan groupId priority status started
    estimatedTime changed closed activity mark allowsChangeDeadline allowsTimeTracking`,
  editable: `title description responsibleId deadline needsControl startPlan endPlan fileIds groupId stageId flowId
    priority status accomplices auditors parentId estimatedTime replicate xmlId mark allowsChangeDeadline
    allowsTimeTracking matchesWorkTime addInReport isMultitask crmItemIds requireResult matchesSubTasksTime
    autocompleteSubTasks allowsChangeDatePlan maxDeadlineChangeDate maxDeadlineChanges requireDeadlineChangeReason
    dependsOn`
})

/** What is told of files that a task gets. */
export const TASK_FILE = dto('FileDto', 'taskId:int fileIds:array')

/** A message in the chat of a task. */
export const CHAT_MESSAGE = dto('MessageDto', 'id:int taskId:int text', { filterable: 'id', sortable: 'id' })

/** The result of a task. */
export const RESULT = dto('ResultDto', `id*:int taskId*:int text* authorId*:int author:object createdAt*:DateTime
  updatedAt*:DateTime status* fileIds*:array rights*:array messageId*:int`, {
  relations: { author: USER },
  filterable: 'taskId id authorId status messageId',
  sortable: 'id authorId createdAt updatedAt status messageId',
  editable: 'text'
})
