import t from 'tap'
import { scene } from './sdk-scene.ts'

// test/integration/core/actions-v3-call.spec.ts, with the method that the sandbox has of REST 3.0.
await t.test('SDK v3: actions.v3.call answers and refuses', async t => {
  const { b24, sandbox } = await scene(t)
  const send = (fields: object) => b24.actions.v3.call.make(
    { method: 'tasks.task.chat.message.send', params: { fields }, requestId: 'test@apiV3/send' })
  const sent = await send({ taskId: 31, text: 'Hello' })
  t.equal(sent.isSuccess, true)
  t.match(sent.getData(), { result: { result: true }, time: { start: Number } })

  const missing = await send({ taskId: 99, text: 'Hello' })
  t.equal(missing.isSuccess, false)
  t.match([...missing.getErrors()], [{ code: /^BITRIX_REST_V3_EXCEPTION_/ }])

  const unknown = await b24.actions.v3.call.make({ method: 'tasks.nothing.get', params: { id: 31 } })
  t.match([...unknown.getErrors()], [{ code: 'BITRIX_REST_V3_EXCEPTION_METHODNOTFOUND' }])
  t.match(sandbox.requests.at(-1)?.outcome, /tasks.nothing.get is not in the sandbox/)
})
