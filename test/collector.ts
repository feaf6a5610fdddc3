import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

/** A span as OTLP writes it in JSON. */
export interface ExportedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  kind: number
  attributes: Record<string, unknown>
  status: { code?: number, message?: string }
  events: unknown[]
}

interface Written {
  resourceSpans: Array<{ scopeSpans: Array<{ spans: Array<ExportedSpan & { attributes: WrittenAttribute[] }> }> }>
}
interface WrittenAttribute { key: string, value: Record<string, unknown> }

/** A collector of OTLP over HTTP on a real port, closed with the test. The variables of a service that sends to it. */
export async function startCollector (t: Test, protocol: 'http/json' | 'http/protobuf' = 'http/json') {
  /** The bodies of all requests, as they came */
  const bodies: string[] = []
  const headers: string[] = []
  let status = 200
  const server = createServer(async (request, response) => {
    headers.push(`${request.method} ${request.url} ${request.headers['content-type']}`)
    bodies.push(await text(request.setEncoding('latin1')))
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => { server.close() })
  const { port } = server.address() as AddressInfo
  return {
    bodies,
    headers,
    /** Answers with this status from now on */
    answer (code: number) { status = code },
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol
    },
    spans: (): ExportedSpan[] => bodies.flatMap(body => (JSON.parse(body) as Written).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans).flatMap(({ spans }) => spans)
      .map(span => ({
        ...span,
        attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
      }))
  }
}

/** The spans of each trace as a tree: their names, indented. */
export function treesOf (spans: ExportedSpan[]): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const write = (span: ExportedSpan, depth: number): string[] => [
    `${'  '.repeat(depth)}${span.name}`,
    ...spans.filter(({ parentSpanId }) => parentSpanId === span.spanId).flatMap(child => write(child, depth + 1))
  ]
  const roots = spans.filter(({ parentSpanId = '' }) => !ids.has(parentSpanId))
  return roots.map(root => write(root, 0).join('\n'))
}
