import closeWithGrace from 'close-with-grace'
import Fastify from 'fastify'
import app, { serverOptions } from './app.ts'
import { ConfigError, loadConfig, type Config } from './config.ts'

// Below the ten seconds after which a container host kills.
const graceMilliseconds = 8000

async function start (config: Config) {
  const fastify = Fastify(serverOptions(config))
  closeWithGrace({ delay: graceMilliseconds, logger: fastify.log }, async () => await fastify.close())
  await fastify.register(app, { config })
  await fastify.listen({ host: config.host, port: config.port })
}

try {
  await start(loadConfig(process.env))
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
}
