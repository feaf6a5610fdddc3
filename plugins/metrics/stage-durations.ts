import { Histogram, type Registry } from '@platformatic/prom-client'
import type { FastifyReply } from 'fastify'
import { handlers, stages } from '../../src/diagnostics/channels.ts'
import { shapeChannel } from '../../src/diagnostics/measurements.ts'

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
  on<FastifyReply>(shapeChannel, ({ elapsedTime }) => durations.observe({ stage: 'shape' }, elapsedTime / 1000))
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
