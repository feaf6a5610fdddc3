import type { Span, Tracer } from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { stageOf } from '../../src/http/http-error.ts'
import type {} from '../error-pages/index.ts'
import type { Packages } from './packages.ts'
import type {} from '../placement-dispatch/index.ts'

/** Names the spans that @fastify/otel makes, and says on them how a call has ended. */
export function createCallSpans (tracer: Tracer, { ROOT_CONTEXT, SpanStatusCode, trace }: Packages['api']) {
  const shapes = new WeakMap<FastifyRequest, Span>()
  const polled = new Set<string>()

  /** The first stage: from the first byte to a form that fits its schema, or to the error that says what does not. */
  function endShape (request: FastifyRequest, errorCode: string | null | undefined): void {
    const shape = shapes.get(request)
    shapes.delete(request)
    if (errorCode) shape?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', errorCode)
    shape?.end()
  }

  return {
    /** Settings of @fastify/otel */
    settings: {
      recordExceptions: false,
      instrumentHooks: false,
      // Routes without a line in the log: something asks for them every few seconds.
      ignorePaths (route: { url: string, logLevel?: string }): boolean {
        if (route.logLevel === 'warn') polled.add(route.url)
        return polled.has(route.url.replace(/\?.*$/s, ''))
      },
      requestHook (call: Span, request: FastifyRequest): void {
        const { method, id, routeOptions: { url = '' } } = request
        call.updateName(`${method} ${url}`.trim()).setAttribute('b24.request_id', id)
        if (method === 'POST') shapes.set(request, tracer.startSpan('shape', {}, trace.setSpan(ROOT_CONTEXT, call)))
      },
      lifecycleHook (handler: Span, { hookName }: { hookName: string }): void { handler.updateName(hookName) }
    },

    addHooks (fastify: FastifyInstance): void {
      fastify.addHook('preHandler', (request, _reply, done) => {
        endShape(request, null)
        done()
      })
      fastify.addHook('onSend', (request, _reply, payload, done) => {
        const { declaredPlacement, errorCode } = request
        endShape(request, errorCode)
        const { span } = request.opentelemetry()
        if (declaredPlacement) span?.setAttribute('b24.placement', declaredPlacement)
        if (errorCode) span?.setAttributes({ 'error.type': errorCode, 'b24.stage': String(stageOf(errorCode)) })
        done(null, payload)
      })
    }
  }
}
