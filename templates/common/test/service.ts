// A local Bitrix24, and the service with this application.
import Fastify from 'fastify'
import { app, loadConfig, serverOptions } from 'fastify-bitrix24'
import { sandbox } from 'fastify-bitrix24/sandbox'

export async function startService () {
  const bitrix24 = await sandbox({ logLevel: 'silent' })
  const config = loadConfig(bitrix24.env)
  const service = Fastify(serverOptions(config))
  await service.register(app, { config })
  await service.listen(config)
  await bitrix24.install()
  const { alpha } = bitrix24.portals
  return { bitrix24, alpha, url: config.publicUrl, close: () => Promise.all([service.close(), bitrix24.close()]) }
}
