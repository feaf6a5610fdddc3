import type { Attributes } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import { secretField } from '../../src/log/fields.ts'
import { redactShapes } from '../../src/log/logger.ts'

/** The name under which our own spans are made. */
export const tracerName = 'fastify-bitrix24'

// Where no application writes. All else that @fastify/otel notes may come from outside: the address, messages of errors.
const ownScopes = new Set([tracerName, '@fastify/otel'])
const ownAttributes = new Set([
  'b24.placement', 'b24.request_id', 'b24.rest_method', 'b24.stage', 'db.operation.name', 'error.type',
  'http.request.method', 'http.response.status_code', 'http.route', 'server.address', 'url.template'
])
// Addresses, bodies, headers and what errors say: of calls, which carry tokens, and of requests that an application traces.
const neverSent = /^(?:url\.(?:full|query|path)|http\.(?:url|target|request\.(?:body|header).*|response\.(?:body|header).*)|exception\.(?:message|stacktrace)|db\.query\..*|db\.statement)$/

/**
 * What leaves the process of a span: of our own, what is on a list; of an application's, what does not look like a
 * secret and is not named like one.
 */
function clean (span: ReadableSpan): ReadableSpan {
  const isOwn = ownScopes.has(span.instrumentationScope.name)
  const cleanAttributes = (attributes: Attributes = {}): Attributes => Object.fromEntries(Object.entries(attributes)
    .filter(([name]) => isOwn ? ownAttributes.has(name) : !neverSent.test(name) && !secretField.test(name))
    .map(([name, value]) => [name, redacted(value)]))
  const events = isOwn ? [] : span.events
  // A span has methods, and fields that are read through it.
  return Object.create(span, {
    name: { value: redactShapes(span.name) },
    attributes: { value: cleanAttributes(span.attributes) },
    status: { value: { code: span.status.code } },
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
