import closeWithGrace from 'close-with-grace'
import Fastify from 'fastify'
import app, { serverOptions } from './app.ts'
import { ConfigError, loadConfig, type Config } from './config.ts'

// Below the ten seconds after which a container host kills.
const graceMilliseconds = 8000

async function start (config: Config) {
  const fastify = Fastify(serverOptions(config))
  closeWithGrace({ delay: graceMilliseconds, logger: fastify.log }, async () => await fastify.close())
  // A browser would keep the connection of an answered call, and the server with it.
  let closing = false
  fastify.addHook('preClose', async () => { closing = true })
  fastify.addHook('onSend', async (request, reply) => { if (closing) reply.header('connection', 'close') })
  await fastify.register(app, { config })
  await fastify.listen({ host: config.host, port: config.port })
}

try {
  await start(loadConfig(process.env))
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
}
