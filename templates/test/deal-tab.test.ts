import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import Fastify from 'fastify'
import { app, loadConfig, serverOptions } from 'fastify-bitrix24'
import { sandbox } from 'fastify-bitrix24/sandbox'

// A local Bitrix24, and the service with this application.
const bitrix24 = await sandbox({ logLevel: 'silent' })
const config = loadConfig(bitrix24.env)
const service = Fastify(serverOptions(config))
await service.register(app, { config })
await service.listen(config)
await bitrix24.install()
after(() => Promise.all([service.close(), bitrix24.close()]))

const { alpha } = bitrix24.portals
const call = alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID: '8061' }, lang: 'de' })

test('deal tab: is bound when the application is installed', () => {
  assert.ok(alpha.placements.some(({ placement }) => placement === 'CRM_DEAL_DETAIL_TAB'))
})

test('deal tab: shows the deal in the language of the user', async () => {
  const { status, text } = await bitrix24.send(call)
  assert.equal(status, 200)
  assert.match(text, /Lieferungen zum Auftrag 8061/)
})

test('deal tab: refuses a call that Bitrix24 does not confirm', async () => {
  assert.equal((await bitrix24.send(call, { body: { AUTH_ID: 'forged' } })).status, 401)
})
