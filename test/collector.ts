import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

/** A span as OTLP writes it in JSON, its attributes as an object. */
export interface ExportedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  /** 1: internal, 2: server, 3: client */
  kind: number
  attributes: Record<string, unknown>
  /** 2: an error */
  status: { code?: number, message?: string }
  events: Array<{ name: string, attributes: unknown }>
  links: Array<{ traceId: string, spanId: string }>
}

interface Attribute { key: string, value: Record<string, unknown> }
interface Body {
  resourceSpans: Array<{
    resource: { attributes: Attribute[] }
    scopeSpans: Array<{ spans: Array<Omit<ExportedSpan, 'attributes'> & { attributes: Attribute[] }> }>
  }>
}

const read = (attributes: Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

/**
 * A collector of OTLP over HTTP on a real port. OpenTelemetry reads its variables from the process, where they are set
 * for the time of the test.
 */
export async function startCollector (t: Test, more: Record<string, string> = {}) {
  /** Method, path and content type of each request */
  const requests: string[] = []
  /** What each has brought */
  const bodies: string[] = []
  let status = 200
  const server = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers['content-type']}`)
    bodies.push(await text(request.setEncoding('latin1')))
    if (status > 0) response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    ...more
  }
  Object.assign(process.env, env)
  t.after(() => {
    server.close()
    server.closeAllConnections()
    for (const name of Object.keys(env)) delete process.env[name]
  })
  const parts = () => bodies.flatMap(body => (JSON.parse(body) as Body).resourceSpans)
  return {
    env,
    requests,
    bodies,
    /** Answers with this status from now on; 0: not at all */
    answer (code: number) { status = code },
    resources: () => parts().map(({ resource }) => read(resource.attributes)),
    spans: (): ExportedSpan[] => parts().flatMap(({ scopeSpans }) => scopeSpans).flatMap(({ spans }) => spans)
      .map(span => ({ ...span, attributes: read(span.attributes) }))
  }
}

/** Each trace as a tree: the names of its spans, indented. */
export function treesOf (spans: ExportedSpan[]): string[] {
  const write = (span: ExportedSpan, depth: number): string[] => [
    '  '.repeat(depth) + span.name,
    ...spans.filter(({ parentSpanId }) => parentSpanId === span.spanId).flatMap(child => write(child, depth + 1))
  ]
  const ids = new Set(spans.map(({ spanId }) => spanId))
  return spans.filter(({ parentSpanId = '' }) => !ids.has(parentSpanId)).map(root => write(root, 0).join('\n'))
}
