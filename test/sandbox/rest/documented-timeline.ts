import { all, exampleOf, keep, type Row } from './documented.ts'

const comment = (id: number, parent: string, fields = {}) => keep({
  kind: 'deal-comment', id, authorId: 1, parent, text: 'New comment was added', fields
})
const image = (id: number) => keep({
  kind: 'file', id, authorId: 1, parent: '11', title: `${id}.gif`, fields: { TYPE: 'file', STORAGE_ID: 11, CONTENT: '' }
})
const activity = keep({
  kind: 'activity',
  id: 999,
  authorId: 1,
  title: 'Call',
  fields: { OWNER_TYPE_ID: 3, OWNER_ID: 102, TYPE_ID: 2, RESPONSIBLE_ID: 1, EDITOR_ID: 1, LAST_UPDATED: '' }
})
const todo = keep({
  kind: 'activity',
  id: 999,
  authorId: 1,
  fields: { OWNER_TYPE_ID: 2, OWNER_ID: 1, PROVIDER_ID: 'CRM_TODO', RESPONSIBLE_ID: 1 }
})
/** The activity of the example of crm.activity.configurable.get. */
const configurable = keep({
  kind: 'activity',
  id: 999,
  authorId: 1,
  fields: {
    PROVIDER_ID: 'CONFIGURABLE_REST_APP',
    PROVIDER_TYPE_ID: 'CONFIGURABLE',
    OWNER_TYPE_ID: 1,
    OWNER_ID: 2975,
    RESPONSIBLE_ID: 1,
    DEADLINE: '2025-01-31T22:00:00+00:00',
    PROVIDER_PARAMS: { layout: Object(exampleOf('crm.activity.configurable.get').answer.result).activity.layout }
  }
})
const { fields: updated } = exampleOf('crm.activity.configurable.update').params
const { fields: newActivity } = exampleOf('crm.activity.add').params
const { fields: newComment } = exampleOf('crm.timeline.comment.add').params

const badge = keep({
  kind: 'badge',
  id: 1,
  authorId: 1,
  title: 'missedCall',
  fields: { TITLE: 'Call Status', VALUE: 'Missed', TYPE: 'failure' }
})
const { TYPE_ID: typeOfActivity } = Object(exampleOf('crm.activity.type.add').params.fields)
/** The type of the list, which has another name than that of the example to add one. */
const activityType = keep({
  kind: 'activity-type',
  id: 1,
  authorId: 1,
  title: typeOfActivity,
  fields: { NAME: 'QuickBooks Activity', IS_CONFIGURABLE_TYPE: 'Y', ICON_ID: '0' }
})

export const timelineRows: Row[] = [
  { name: 'crm.activity.badge.add', own: [] },
  { name: 'crm.activity.badge.get', seed: badge, own: [] },
  { name: 'crm.activity.badge.list', seed: badge, own: [] },
  { name: 'crm.activity.badge.delete', seed: badge, own: [] },
  { name: 'crm.activity.type.add', own: [] },
  { name: 'crm.activity.type.list', seed: activityType, own: [] },
  { name: 'crm.activity.type.delete', seed: activityType, own: [] },
  { name: 'crm.timeline.comment.add', params: { fields: { ...Object(newComment), ENTITY_ID: 8061 } } },
  {
    name: 'crm.timeline.comment.get',
    seed: all(image(930), image(931), comment(999, '2', { FILES: [930, 931] })),
    // The sandbox does not look into images.
    differs: ['.result.FILES.image: missing', '.result.FILES.image: missing']
  },
  {
    name: 'crm.timeline.comment.list',
    seed: comment(999, '8061'),
    params: { filter: { ENTITY_ID: 8061, ENTITY_TYPE: 'deal' } }
  },
  { name: 'crm.timeline.comment.update', seed: comment(999, '8061'), own: [] },
  { name: 'crm.timeline.comment.delete', seed: comment(999, '8061'), own: [] },
  { name: 'crm.timeline.comment.fields', own: [] },
  { name: 'crm.activity.add', params: { fields: { ...Object(newActivity), OWNER_ID: 8061 } } },
  { name: 'crm.activity.update', seed: activity, own: [] },
  { name: 'crm.activity.delete', seed: activity, own: [] },
  { name: 'crm.activity.get', seed: activity },
  { name: 'crm.activity.fields', own: [] },
  { name: 'crm.activity.configurable.add', params: { ownerTypeId: 2, ownerId: 8061 } },
  // An incoming activity of the example has a deadline, which no portal takes.
  {
    name: 'crm.activity.configurable.update',
    seed: configurable,
    params: { fields: { ...Object(updated), deadline: '' } },
    own: []
  },
  { name: 'crm.activity.configurable.get', seed: configurable, own: ['id', 'deadline'] },
  { name: 'crm.activity.list', seed: activity, differs: ['.next: missing'] },
  { name: 'crm.activity.todo.add', params: { ownerId: 8061 }, own: ['id'] },
  ...['', 'deadline', 'description', 'color', 'responsibleuser'].map(name =>
    ({ name: `crm.activity.todo.update${name}`, seed: todo, own: [] }))
]
