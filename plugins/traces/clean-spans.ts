import type { Attributes } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import { secretField } from '../../src/log/fields.ts'
import { redactShapes } from '../../src/log/logger.ts'

// SpanKind.SERVER, as its package is loaded elsewhere
const server = 1

/** The name under which our own spans are made. */
export const tracerName = 'fastify-bitrix24'

// No application writes there. What else @fastify/otel notes may come from outside: addresses, messages of errors.
const ownScopes = new Set([tracerName, '@fastify/otel'])
const ownAttributes = new Set([
  'b24.placement', 'b24.request_id', 'b24.rest_method', 'b24.stage', 'db.operation.name', 'error.type',
  'http.request.method', 'http.response.status_code', 'http.route', 'server.address', 'url.template'
])
// Addresses, bodies, headers, statements and what errors say: an application may trace requests that carry tokens.
const neverSent = [
  /^url\.(?:full|query|path)$/,
  /^http\.(?:url$|target$|request\.(?:body|header)|response\.(?:body|header))/,
  /^db\.(?:query|statement)/,
  /^exception\.(?:message|stacktrace)$/
]

const isNeverSent = (name: string) => secretField.test(name) || neverSent.some(pattern => pattern.test(name))

/**
 * What leaves the process of a span: of our own, what is on a list; of an application's, what does not look like a
 * secret and is not named like one.
 */
function clean (span: ReadableSpan): ReadableSpan {
  const isOwn = ownScopes.has(span.instrumentationScope.name)
  const cleanAttributes = (attributes: Attributes = {}): Attributes => Object.fromEntries(Object.entries(attributes)
    .filter(([name]) => isOwn ? ownAttributes.has(name) : !isNeverSent(name))
    .map(([name, value]) => [name, redacted(value)]))
  const events = isOwn ? [] : span.events
  // A call that was refused is not an error of the service. Source: OpenTelemetry, HTTP semantic conventions, status
  const isRefused = isOwn && span.kind === server && Number(span.attributes['http.response.status_code']) < 500
  // A span has methods, and fields that are read through it.
  return Object.create(span, {
    name: { value: redactShapes(span.name) },
    attributes: { value: cleanAttributes(span.attributes) },
    status: { value: { code: isRefused ? 0 : span.status.code } },
    events: {
      value: events.map(({ attributes, ...event }) =>
        ({ ...event, name: redactShapes(event.name), attributes: cleanAttributes(attributes) }))
    },
    links: { value: span.links.map(link => ({ ...link, attributes: cleanAttributes(link.attributes) })) }
  })
}

/** Texts without what looks like a secret, alone or in a list. */
const redacted = (value: Attributes[string]): Attributes[string] => {
  const redactText = <T>(item: T) => typeof item === 'string' ? redactShapes(item) : item
  return Array.isArray(value) ? value.map(redactText) as typeof value : redactText(value)
}

/** An exporter that sends no secret. `onResult` learns how each bundle of spans has ended. */
export function cleanSpans (exporter: SpanExporter, onResult: (error: Error | undefined) => void): SpanExporter {
  return {
    export (spans, done) {
      exporter.export(spans.map(clean), result => {
        onResult(result.error)
        done(result)
      })
    },
    shutdown: () => exporter.shutdown()
  }
}
