import type { Entry } from '../../content.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'

/**
 * The task that taskId names; undefined when there is none.
 *
 * @throws RestError when the parameter is missing or no number
 */
export function findTask ({ params, token: { portal } }: RestCall): Entry | undefined {
  const id = text(params.TASKID)
  if (!id) {
    throw new RestError('100', 'CTaskItem All parameters in the constructor must have real class type (internal error)')
  }
  if (!(Number(id) > 0)) throw new RestError('0', 'wrong task id')
  return portal.content.find('task', Number(id))
}
