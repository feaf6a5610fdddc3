import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import closeWithGrace from 'close-with-grace'
import Fastify from 'fastify'
import app from './app.ts'
import { pendingIn } from './application/declarations.ts'
import { whenOrphaned } from './commands/when-orphaned.ts'
import { ConfigError, loadConfig, type Config } from './config.ts'
import { createKeyRing } from './crypto/keys.ts'
import { shareConnections } from './http/connection-shares.ts'
import { trustedProxies } from './http/trusted-proxies.ts'
import { logDestination } from './log/destination.ts'
import { loggerOptions } from './log/logger.ts'
import { serverOptions } from './server-options.ts'
import { createStartup } from './startup.ts'
import { openStore } from './store/open-store.ts'

// V8 allocates among the old objects what has come to stay a few times, such as what is kept of each new token. Next to
// nothing of a known call stays, but it refers to its call: kept so until the next large collection, they cost a third
// of a call.
setFlagsFromString('--no-allocation-site-pretenuring')

// Closing takes milliseconds, unless tokens are being refreshed: the answer, half a minute later at worst, is the only
// living pair of a portal. A container host has to wait longer than this and SHUTDOWN_DELAY: see stop_grace_period in
// compose.yaml.
const graceMilliseconds = 40_000

// What else is being answered when an error that nobody caught ends the service.
const crashMilliseconds = 2000

// Connections that wait to be accepted. Of more than that the client has to ask again, after one second, three, seven.
const backlog = 4096

function end (exitCode: number, sentence: string) {
  console.error(sentence)
  process.exit(exitCode)
}

async function start (config: Config) {
  const startup = createStartup({ seconds: config.startTimeout, end })
  const logger = { ...loggerOptions(config.logLevel), stream: logDestination() }
  const fastify = Fastify({ ...serverOptions(config), logger })
  shareConnections(fastify.server, { isTrusted: trustedProxies(config.trustProxy || []), log: fastify.log })
  startup.step('opening the database (DATABASE_URL)')
  const store = await openStore({ url: config.databaseUrl, keyRing: createKeyRing(config.appSecret), log: fastify.log })
  startup.step('loading plugins, placements and screens', () => pendingIn(fastify))
  // With the plugins the refreshing of tokens begins, which must not be cut off.
  startup.releaseSignals()
  const delay = config.shutdownDelay * 1000
  const shutdown = new AbortController()
  // It belongs to one call, whose handler forgot an `await`: those of other portals go on. After an error that was
  // thrown in a callback nobody knows what is left.
  process.on('unhandledRejection', err => { fastify.log.error({ err }, 'a handler did not wait for what has failed') })
  const grace = { delay: delay + graceMilliseconds, logger: fastify.log, skip: ['unhandledRejection' as const] }
  closeWithGrace(grace, async ({ err }) => {
    shutdown.abort()
    // Whoever catches an error has to say what it was.
    if (err !== undefined) fastify.log.fatal({ err }, 'the service ends: an error that nobody caught')
    // After a crash, exit without delay, and without a call that is never answered.
    if (err !== undefined) setTimeout(() => { fastify.server.closeAllConnections() }, crashMilliseconds).unref()
    await wait(delay * Number(err === undefined))
    await fastify.close()
  })
  if (process.env['npm_lifecycle_event'] === 'start') whenOrphaned(() => process.kill(process.pid, 'SIGTERM'))
  // A browser would keep the connection of an answered call, and the server with it.
  let closing = false
  fastify.addHook('preClose', async () => { closing = true })
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close')
    done()
  })
  await fastify.register(app, { config, standalone: true, store, shutdown: shutdown.signal })
  await fastify.ready()
  startup.step('starting to listen (HOST, PORT)')
  await fastify.listen({ host: config.host, port: config.port, backlog })
    .catch((error: Error) => { throw new ConfigError(`HOST, PORT: ${error.message}`) })
  startup.done()
  const { allowInsecurePortals: portals, publicUrl } = config
  const card = { handlerPath: `${publicUrl}/placement`, installationPath: `${publicUrl}/install` }
  fastify.log.info(card, "listening for the portals whose application's card holds these paths")
  const insecure = 'ALLOW_INSECURE_PORTALS lets these portals, or all, have plain http and private addresses'
  if (portals !== false) fastify.log.warn({ portals }, insecure)
}

/** What an operator can fix needs no stack trace. */
function isOperators (error: Error & { code?: string }): boolean {
  return error instanceof ConfigError || /^(B24_ERR|SQLITE|EACCES)/.test(String(error.code))
}

try {
  await start(loadConfig())
} catch (error) {
  const failure = error as Error & { code?: string } // nothing else is thrown on the way up
  console.error(isOperators(failure) ? failure.message : failure)
  process.exit(1)
}
