import type { RequestListener } from 'node:http'
import Fastify, { type FastifyServerOptions } from 'fastify'
import type { Config } from './config.ts'
import { clientErrors, frameworkErrors } from './http/framework-errors.ts'
import { basePath } from './http/urls.ts'
import { loggerOptions, requestId } from './log/logger.ts'
import { trustedProxies } from './http/trusted-proxies.ts'

// An import would read all that the module exports, and for its WebSocket Node loads a whole HTTP client.
const { createServer } = process.getBuiltinModule('node:http')

// Milliseconds. A call is one small form. Proxies keep connections for a minute, and the server must not close first.
const timeouts = {
  headersTimeout: 30_000, requestTimeout: 30_000, keepAliveTimeout: 72_000, connectionsCheckingInterval: 2000
}

// Each may hold a request of a hundred kilobytes: so many fit into memory.
const maxConnections = 2000

/** Takes the path of PUBLIC_URL off an address, which proxies hand on or cut off; with slashes too many, too. */
function withoutBase (base: string) {
  const front = new RegExp(`^${base.replaceAll(/[$()*+.?[\]^{|}]/g, '\\$&').replaceAll('/', '/+')}(?=/)`)
  // Some proxies name the host before it.
  return ({ url }: { url?: string | undefined }): string =>
    String(url).replace(/^https?:\/\/[^/?#]*/i, '').replace(front, '')
}

function serverFor (handler: RequestListener) {
  const server = createServer(timeouts, handler)
  server.setTimeout(60_000)
  server.maxConnections = maxConnections
  // Node.js would answer an unknown Expect, which may be ignored, without a code, and CONNECT not at all.
  return server.on('checkExpectation', handler).on('connect', (_request, socket) => {
    // Nothing listens for its errors any more.
    socket.on('error', socket.destroy)
    server.emit('clientError', { code: 'HPE_INVALID_METHOD' }, socket)
  })
}

/** Options of the Fastify instance that the app is registered in. It speaks HTTP: HTTPS ends at the proxy in front. */
export function serverOptions (config: Config): FastifyServerOptions {
  const base = basePath(config.publicUrl)
  return {
    logger: loggerOptions(config.logLevel),
    trustProxy: config.trustProxy && trustedProxies(config.trustProxy),
    // Two lines a request, with the URL in them: see plugins/call-log.
    logController: new Fastify.LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    frameworkErrors,
    clientErrorHandler: clientErrors,
    ...(base !== '' && { rewriteUrl: withoutBase(base) }),
    // A slash too many is the likeliest mistake in an application's card, and events are sent once.
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    // Both take a twentieth of a start: in production a schema is what development has accepted, and V8 optimizes, too.
    ajv: { customOptions: { validateSchema: config.development, code: { optimize: false } } },
    // Plugins bring their tables up to date, which may take long: START_TIMEOUT gives up a start that hangs.
    pluginTimeout: 0,
    // Bytes. Plugins and routes may lower it; this is also what is read of a form that was posted to a wrong address.
    bodyLimit: 128 * 1024,
    // While the service closes, what still comes is answered as before: an event is sent only once.
    return503OnClosing: false,
    serverFactory: serverFor
  }
}
