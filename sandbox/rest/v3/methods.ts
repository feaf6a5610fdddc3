import { queueEvent } from '../../event-delivery.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import { requestError, V3Error } from './v3-error.ts'

/** A method of REST 3.0. */
export interface V3Method {
  scope: string
  /** The value of `result`. */
  run (call: RestCall): object
}

/** Sends a message into the chat of a task. The sandbox keeps it with the comments on the task. */
function sendToTask ({ params, token: { portal, user } }: RestCall): object {
  if (typeof params.FIELDS !== 'object') throw requestError('fields')
  const { taskId, text: message } = map(params.FIELDS)
  const missing = Object.entries({ taskId, text: message }).flatMap(([name, value]) => text(value) === '' ? [name] : [])
  if (missing.length > 0) throw requestError(...missing)
  const task = portal.content.find('task', Number(text(taskId)))
  if (!task) throw new V3Error('ACCESSDENIED', 'Access denied', 403)
  const { id } = portal.content.add({
    kind: 'task-comment', authorId: user.id, parent: String(task.id), text: text(message)
  })
  queueEvent(portal, 'ONTASKCOMMENTADD', id, user, { MESSAGE_ID: String(id), TASK_ID: String(task.id) })
  return { result: true }
}

/** The methods that the sandbox has in REST 3.0, by their names. */
export const v3Methods: ReadonlyMap<string, V3Method> = new Map([
  ['tasks.task.chat.message.send', { scope: 'tasks', run: sendToTask }]
])

/** The answer of rest.documentation.openapi: what can be called. */
export const documentation = () => ({
  openapi: '3.0.0',
  info: { title: 'Bitrix24 REST V3 API', version: '1.0.0' },
  tags: [{ name: 'tasks', description: 'tasks module methods' }],
  paths: Object.fromEntries([...v3Methods.keys()].map(name => [`/${name}`, { post: { tags: ['tasks'] } }]))
})
