import { AsyncLocalStorage } from 'node:async_hooks'
import type { TracingChannel } from 'node:diagnostics_channel'
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api'
import { backgroundWork, exchanges, restCalls, stages, storeCalls } from '../../src/diagnostics/channels.ts'
import { toHttpError } from '../../src/http/http-error.ts'
import { codeOf } from '../../src/log/fields.ts'
import type { Packages } from './packages.ts'

/** What a span says of a piece of work. */
interface Description {
  name: string
  isRequest?: boolean
  /** Whether it begins a trace, with a link to what it follows from */
  isRoot?: boolean
  attributes?: Attributes
}

// A method comes from a handler, which may have made it from what a user wrote.
const methodName = (method: string) => /^[\w.]{1,64}$/.test(method) ? method : 'unknown'

/**
 * Makes spans of the work that calls wait for, and traces of what runs in the background. Returns a function that stops
 * it.
 */
export function traceWork (tracer: Tracer, { context, trace, SpanKind, SpanStatusCode }: Packages['api']): () => void {
  // Contexts of our own spans. OpenTelemetry's storage, where those of a handler are, is not open to channels.
  const contexts = new AsyncLocalStorage<Context>()

  function follow<Work extends object> (
    channel: TracingChannel<unknown, Work>, describe: (work: Work) => Description
  ): () => void {
    const spans = new WeakMap<Work, Span>()
    const begin = (work: Work): Context => {
      const parent = contexts.getStore() ?? context.active()
      const cause = trace.getSpanContext(parent)
      const { name, isRequest = false, isRoot = false, attributes = {} } = describe(work)
      // A request that an application makes on its own, such as by a timer, would be a trace of one span.
      if (cause === undefined && !isRoot) return parent
      const kind = isRequest ? SpanKind.CLIENT : SpanKind.INTERNAL
      const links = isRoot && cause !== undefined ? [{ context: cause }] : []
      const span = tracer.startSpan(name, { kind, attributes, links, root: isRoot }, parent)
      spans.set(work, span)
      return trace.setSpan(parent, span)
    }
    const fail = (message: unknown) => {
      const { error } = message as { error: unknown }
      const code = (error instanceof Error ? codeOf(error) : undefined) ?? toHttpError(error).code
      spans.get(message as Work)?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', code)
    }
    const end = (message: unknown) => {
      const span = spans.get(message as Work)
      const { result } = message as { result?: { status?: unknown } | null }
      const status = result?.status
      // That of a stored portal is a letter.
      if (typeof status === 'number') {
        span?.setAttribute('http.response.status_code', status)
        if (status >= 400) span?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(status))
      }
      span?.end()
    }
    channel.start.bindStore(contexts, begin)
    channel.error.subscribe(fail)
    channel.asyncEnd.subscribe(end)
    return () => {
      channel.start.unbindStore(contexts)
      channel.error.unsubscribe(fail)
      channel.asyncEnd.unsubscribe(end)
    }
  }

  const stops = [
    follow(backgroundWork, ({ name }) => ({ name, isRoot: true })),
    follow(stages, ({ stage }) => ({ name: stage })),
    follow(exchanges, ({ server, path }) => ({
      name: `POST ${path}`,
      isRequest: true,
      attributes: { 'http.request.method': 'POST', 'server.address': new URL(server).hostname, 'url.template': path }
    })),
    follow(restCalls, ({ method }) => ({
      name: `REST ${methodName(method)}`, isRequest: true, attributes: { 'b24.rest_method': methodName(method) }
    })),
    follow(storeCalls, ({ method }) => ({ name: `store ${method}`, attributes: { 'db.operation.name': method } }))
  ]
  return () => { for (const stop of stops) stop() }
}
