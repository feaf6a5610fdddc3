import { Histogram, type Registry } from '@platformatic/prom-client'
import { handlers, stages } from '../../src/diagnostics/channels.ts'
import type { RequestMessage } from '../../src/diagnostics/measurements.ts'
import type {} from '../frame-ancestors/index.ts'

type On = <T>(channel: { name: string | symbol }, listener: (message: T) => void) => void

/** Measures the stages of calls that may take time. */
export function measureStages (on: On, registers: Registry[], buckets: number[]): void {
  const durations = new Histogram({
    name: 'b24_stage_duration_seconds',
    help: 'Stages of calls that are not from memory.',
    labelNames: ['stage'],
    buckets,
    registers
  })
  // Fastify's own: the handler of a route begins.
  on<RequestMessage>({ name: 'tracing:fastify.request.handler:start' }, ({ request, reply }) => {
    // What the form guard has let through.
    const isCall = request.isOpenedByPortal && request.method === 'POST'
    if (isCall) durations.observe({ stage: 'shape' }, reply.elapsedTime / 1000)
  })
  const begun = new WeakMap<object, number>()
  for (const { start, asyncEnd } of [stages, handlers]) {
    on<object>(start, work => begun.set(work, performance.now()))
    on<{ stage?: string }>(asyncEnd, work => {
      const { stage = 'handler' } = work
      const begin = begun.get(work)
      // It may have begun before anybody measured.
      if (begin !== undefined) durations.observe({ stage }, (performance.now() - begin) / 1000)
    })
  }
}
