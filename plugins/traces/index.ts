import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import { createCallSpans } from './call-spans.ts'
import { cleanSpans, tracerName } from './clean-spans.ts'
import { incomingOnly } from './incoming.ts'
import { isMissing, loadPackages, packageNames, type Packages } from './packages.ts'
import { traceWork } from './work-spans.ts'

export interface TracesOptions {
  /** How spans are sent. Default 'http/protobuf' */
  protocol?: 'http/protobuf' | 'http/json'
  /** Whether a call becomes part of the trace that its headers name. Default false: anybody could name one */
  joins?: boolean
}

// Milliseconds that the last spans have at the end. A collector that is down must not hold a process.
const flushTime = 3000

/** Traces of calls, by OpenTelemetry. Without its packages the service runs without traces, and says so. */
async function traces (fastify: FastifyInstance, options: TracesOptions) {
  checkOptions('traces', options, {
    protocol: optional(rule.oneOf('http/protobuf', 'http/json')), joins: optional(rule.flag)
  })
  // It would end the process with the name of a symbol.
  if (fastify.hasPlugin('@fastify/otel')) throw new Error('traces: @fastify/otel traces the app already: leave one out')
  const { protocol = 'http/protobuf', joins = false } = options
  const packages = await loadPackages(protocol).catch(error => {
    if (!isMissing(error)) throw error
    fastify.log.warn('OTEL_… variables ask for traces, but OpenTelemetry is not installed, so there are none. Run ' +
      `npm install ${packageNames(protocol).join(' ')}`)
  })
  if (packages === undefined) return
  const { api, FastifyOtelInstrumentation } = packages
  const provider = openProvider(fastify, packages, joins)
  const tracer = provider.getTracer(tracerName)
  const stop = traceWork(tracer, api)
  fastify.addHook('onClose', async () => {
    stop()
    await Promise.race([provider.shutdown(), wait(flushTime, undefined, { ref: false })]).catch(() => {})
    for (const part of [api.trace, api.context, api.propagation]) part.disable()
  })

  const calls = createCallSpans(tracer, api)
  const instrumentation = new FastifyOtelInstrumentation(calls.settings)
  instrumentation.setTracerProvider(provider)
  await fastify.register(instrumentation.plugin())
  calls.addHooks(fastify)
}

/** Makes and sends spans. An application that uses `@opentelemetry/api` finds it, too. */
function openProvider ({ log }: FastifyInstance, packages: Packages, joins: boolean) {
  const { api, NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceOf } = packages
  let isLost = false
  const exporter = cleanSpans(new OTLPTraceExporter(), err => {
    if (err !== undefined && !isLost) log.warn({ err }, 'the collector takes no spans: they are lost until it does')
    if (err === undefined && isLost) log.info('the collector takes spans again')
    isLost = err !== undefined
  })
  const provider = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(exporter)],
    resource: resourceOf(tracerName)
  })
  provider.register({ propagator: joins ? incomingOnly(api) : null })
  return provider
}

export default fp(traces, { fastify: '5.x', name: 'b24-traces' })
