import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Comment } from '../application/crm/deal.ts'
import { startService } from './service.ts'

const { bitrix24, alpha, url, close } = await startService()
after(close)

const call = alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID: '8061' }, lang: 'de' })

/** Calls a route of the application, as the page of a deal does. */
async function request<T> (path: string, body?: object): Promise<{ status: number, body: T }> {
  const { pageSession } = await bitrix24.send(call)
  const headers = { authorization: `Bearer ${pageSession}`, 'x-b24-auth-id': String(call.body['AUTH_ID']) }
  const answer = await fetch(url + path, body === undefined
    ? { headers }
    : { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return { status: answer.status, body: await answer.json() as T }
}

test('deal tab: is bound when the application is installed', () => {
  assert.ok(alpha.placements.some(({ placement }) => placement === 'CRM_DEAL_DETAIL_TAB'))
})

test('deal tab: shows the deal in the language of the user', async () => {
  const { status, text } = await bitrix24.send(call)
  assert.equal(status, 200)
  assert.match(text, /<html lang="de"/)
  assert.match(text, /Furniture for an office in Berlin/)
})

test('deal tab: refuses a call that Bitrix24 does not confirm', async () => {
  assert.equal((await bitrix24.send(call, { body: { AUTH_ID: 'forged' } })).status, 401)
})

test('deal tab: saves a comment in the name of the user, and lists it', async () => {
  const path = '/api/deals/8061/comments'
  assert.deepEqual(await request(path), { status: 200, body: [] })
  assert.equal((await request(path, { text: ' ' })).status, 400)
  assert.equal((await request(path, { text: 'Call them' })).status, 201)
  const { body: [comment] } = await request<Comment[]>(path)
  assert.equal(comment?.text, 'Call them')
  assert.equal(comment.author, 'Anna Berger')
})

test('deal tab: says no where Bitrix24 does', async () => {
  const { status, body } = await request<{ error: string }>('/api/deals/1/comments')
  assert.equal(status, 502)
  assert.equal(body.error, 'B24_ERR_PORTAL_REFUSED')
})
