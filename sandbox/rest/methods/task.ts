import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import { rename, toCamelCase } from '../field-names.ts'
import { page } from '../page.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { pickFields } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

const scopes = ['task']

/** Texts of the old task classes end with a line break for pages. */
const coreError = (description: string): RestError => new RestError('ERROR_CORE', `${description}<br>`)

const fieldsOf = ({ FIELDS }: Row): Row => rename(map(FIELDS), name => name.toUpperCase())

function person (portal: Portal, id: number) {
  const user = portal.user(id)
  return user && {
    id: String(id),
    name: `${user.name} ${user.lastName}`,
    link: `/company/personal/user/${id}/`,
    icon: '',
    workPosition: ''
  }
}

/** Who wrote it: the one whose id is given, else the caller. */
function authorOf (portal: Portal, caller: SandboxUser, given: unknown): SandboxUser {
  const author = given === undefined ? caller : portal.user(Number(text(given)))
  if (!author) throw coreError('User specified in the "Created by" field not found')
  return author
}

function taskOf (portal: Portal, entry: Entry, select?: unknown): Row {
  const row = {
    STATUS: '2',
    PRIORITY: '1',
    DEADLINE: null,
    ...entry.fields,
    // What the portal says itself, whatever was written under these names.
    ID: String(entry.id),
    TITLE: entry.title,
    DESCRIPTION: entry.text,
    CREATED_BY: String(entry.authorId),
    CREATED_DATE: isoTime(entry.at)
  }
  return {
    ...rename(pickFields(row, select), toCamelCase),
    descriptionInBbcode: 'Y',
    creator: person(portal, entry.authorId),
    responsible: person(portal, Number(entry.fields.RESPONSIBLE_ID))
  }
}

function add ({ params, token: { portal, user } }: RestCall): { task: Row } {
  const { TITLE, DESCRIPTION, CREATED_BY, ...others } = fieldsOf(params)
  if (Object.keys(map(params.FIELDS)).length === 0) {
    throw new RestError('100', 'Could not find value for parameter {fields} (internal error)')
  }
  const title = text(TITLE)
  if (!title) throw coreError('Task title not specified')
  const responsible = text(others.RESPONSIBLE_ID)
  if (!responsible) throw coreError('Assignee not specified')
  if (!portal.user(Number(responsible))) throw coreError('User specified in the "Assignee" field not found')
  const task = portal.content.add({
    kind: 'task',
    authorId: authorOf(portal, user, CREATED_BY).id,
    title,
    text: text(DESCRIPTION),
    fields: { ...others, RESPONSIBLE_ID: responsible }
  })
  queueEvent(portal, 'ONTASKADD', task.id, user)
  return { task: taskOf(portal, task) }
}

function get ({ params, token: { portal } }: RestCall): { task: Row } | [] {
  const id = text(params.TASKID)
  if (!id) {
    throw new RestError('100', 'CTaskItem All parameters in the constructor must have real class type (internal error)')
  }
  if (!(Number(id) > 0)) throw new RestError('0', 'wrong task id')
  const entry = portal.content.find('task', Number(id))
  return entry ? { task: taskOf(portal, entry, params.SELECT) } : []
}

function comment ({ params, token: { portal, user } }: RestCall): number {
  const { POST_MESSAGE, AUTHOR_ID } = fieldsOf(params)
  const task = portal.content.find('task', Number(text(params.TASKID)))
  if (!task) throw coreError('Insufficient permissions to add a comment.')
  const message = text(POST_MESSAGE)
  if (!message) throw coreError('Comment text not specified')
  return portal.content.add({
    kind: 'task-comment', authorId: authorOf(portal, user, AUTHOR_ID).id, parent: String(task.id), text: message
  }).id
}

/** Those that were made last come first; filters and orders are not in the sandbox. */
function list ({ params, token: { portal } }: RestCall) {
  const tasks = portal.content.list('task').toReversed().map(entry => taskOf(portal, entry, params.SELECT))
  return page(tasks, params.START, tasks => ({ tasks }))
}

/** Tasks: tasks.task.add, tasks.task.get, tasks.task.list, task.commentitem.add. */
export const taskMethods: RestMethods = {
  'tasks.task.add': { scopes, run: add },
  'tasks.task.get': { scopes, run: get },
  'tasks.task.list': { scopes, run: list },
  'task.commentitem.add': { scopes, run: comment }
}
