// Loaded before the service: says which modules of OpenTelemetry are loaded, or fails to with the code in FAILING.
import { registerHooks } from 'node:module'

registerHooks({
  resolve (specifier, context, next) {
    const code = process.env['FAILING']
    if (code === undefined || !specifier.startsWith('@opentelemetry/')) return next(specifier, context)
    throw Object.assign(new Error(`no ${specifier}`), { code })
  },
  load (url, context, next) {
    if (/opentelemetry|@fastify\/otel/.test(url)) console.log(`loaded ${url}`)
    return next(url, context)
  }
})
