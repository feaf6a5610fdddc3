import type { FastifyInstance, FastifyReply } from 'fastify'
import { callConnector } from '../../event-delivery.ts'
import { jsonEncode } from '../../php.ts'
import type { Portal } from '../../portal.ts'
import { describeRequest } from '../../record-requests.ts'
import { pathOf } from '../../request-params.ts'
import type { Token } from '../../tokens.ts'
import { admit, upperCaseNames } from '../admit.ts'
import type { RestLimits } from '../admit.ts'
import { checkOperating } from '../call.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import { timing } from '../timing.ts'
import { batchV3 } from './batch.ts'
import { taskMethods } from './tasks/task-methods.ts'
import { V3Error } from './v3-error.ts'

/** The scope that all of them need. */
const SCOPE = 'tasks'

/** The methods that the sandbox has in REST 3.0, by their names. */
const v3Methods = new Map(Object.entries(taskMethods))

/** The answer of rest.documentation.openapi: what can be called. */
const documentation = () => ({
  openapi: '3.0.0',
  info: { title: 'Bitrix24 REST V3 API', version: '1.0.0' },
  tags: [{ name: 'tasks', description: 'tasks module methods' }],
  paths: Object.fromEntries([...v3Methods.keys()].map(name => [`/${name}`, { post: { tags: ['tasks'] } }]))
})

/** Answers that were given to calls with an Idempotency-Key: the body of the call, and what it got. */
type Given = Map<string, { asked: string, answer: object }>

/**
 * Runs a method once for each key, however often it is called: a repetition gets the first answer.
 *
 * @throws V3Error for a key that is no key, or was sent with another body
 */
function runOnce (
  given: Given, header: string | undefined, owner: string, asked: string, reply: FastifyReply, run: () => object
): object {
  if (header === undefined) return run()
  if (!/^[\x20-\x7e]{1,255}$/.test(header)) throw new V3Error('INVALIDIDEMPOTENCYKEY', 'Invalid idempotency key')
  const key = `${owner} ${header}`
  const first = given.get(key)
  if (first && first.asked !== asked) throw new V3Error('IDEMPOTENCYKEYREUSED', 'Idempotency key was reused', 422)
  reply.header('Idempotency-Key', header)
  if (first) {
    reply.header('Idempotent-Replayed', 'true')
    return first.answer
  }
  const answer = run()
  given.set(key, { asked, answer })
  return answer
}

/** REST 3.0 of one portal: /rest/api/<method> by POST with a JSON body. */
export function restV3 (app: FastifyInstance, portal: Portal, limits: RestLimits): void {
  const { state } = portal
  const given: Given = new Map()

  function run (token: Token, name: string, sent: Record<string, unknown>, notes: string[], status = 404): object {
    const method = v3Methods.get(name)
    if (!method) {
      notes.push(`${name} is not in the sandbox`)
      throw new V3Error('METHODNOTFOUND', `Method ${name} not found`, status)
    }
    if (!portal.scope.includes(SCOPE)) {
      throw new V3Error('INSUFFICIENTSCOPE', 'The request requires higher privileges', 403)
    }
    const start = Date.now()
    const key = checkOperating(token, limits, name, start)
    const answer = method({ params: upperCaseNames(sent), sent, token, note: sentence => { notes.push(sentence) } })
    limits.operating.add(key, Date.now() - start)
    return answer
  }

  app.route({
    method: ['GET', 'POST'],
    url: '/rest/api/*',
    async handler (request, reply) {
      const start = Date.now()
      const name = pathOf(request).slice('/rest/api/'.length)
      const notes: string[] = []
      reply.type('application/json; charset=utf-8')
      try {
        // Who has no parameters needs no body.
        const { 'content-type': type = 'application/json' } = request.headers
        if (!type.startsWith('application/json') || (request.body === undefined && 'content-type' in request.headers)) {
          throw new V3Error('INVALIDJSON', 'Request body is not valid JSON')
        }
        const sent = map(request.body)
        const token = admit(portal, limits, request, sent)
        describeRequest(state, request, { memberId: portal.memberId })
        if (name === 'rest.documentation.openapi' || name === 'documentation') {
          return reply.send(jsonEncode(documentation()))
        }
        const { auth: _token, ...asked } = sent
        const header = request.headers['idempotency-key']
        const result = callConnector.run(text(asked.auth_connector), () => runOnce(
          given, header?.toString(), `${token.clientId} ${token.user.id} ${name}`, JSON.stringify(asked), reply,
          () => name === 'batch'
            ? batchV3(asked, (method, params) => run(token, method, params, notes, 400))
            : run(token, name, asked, notes)))
        return reply.send(jsonEncode({
          result, time: timing(start, limits.operating.of(`${token.clientId} ${name}`))
        }))
      } catch (error) {
        if (!(error instanceof V3Error || error instanceof RestError)) throw error
        const { code, message, status } = error
        describeRequest(state, request, { outcome: [code, ...notes].join(': ') })
        return reply.code(status).send(jsonEncode(error instanceof V3Error ? error.body : { error: { code, message } }))
      }
    }
  })
}
