import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Histogram, type Registry } from '@platformatic/prom-client'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { handlers, stages } from '../../src/diagnostics/channels.ts'
import type {} from '../frame-ancestors/index.ts'

// Fastify's own: the handler of a route begins.
const routeHandler = 'tracing:fastify.request.handler:start'

/** Measures the stages of calls that may take time. Returns what ends that. */
export function measureStages (registers: Registry[], buckets: number[]): () => void {
  const durations = new Histogram({
    name: 'b24_stage_duration_seconds',
    help: 'Stages of calls; of application token and proof, those that are not from memory.',
    labelNames: ['stage'],
    buckets,
    registers
  })
  const begun = new WeakMap<object, number>()
  const onShape = (message: unknown) => {
    const { request, reply } = message as { request: FastifyRequest, reply: FastifyReply }
    // What the form guard has let through.
    if (request.isOpenedByPortal && request.method === 'POST') {
      durations.observe({ stage: 'shape' }, reply.elapsedTime / 1000)
    }
  }
  const begin = (work: unknown) => { begun.set(work as object, performance.now()) }
  const end = (work: unknown) => {
    const { stage = 'handler' } = work as { stage?: string }
    const start = begun.get(work as object)
    // It may have begun before anybody measured.
    if (start !== undefined) durations.observe({ stage }, (performance.now() - start) / 1000)
  }
  const listeners: Array<[name: string | symbol, listener: (message: unknown) => void]> = [[routeHandler, onShape]]
  for (const { start, asyncEnd } of [stages, handlers]) listeners.push([start.name, begin], [asyncEnd.name, end])
  for (const listener of listeners) subscribe(...listener)
  return () => { for (const listener of listeners) unsubscribe(...listener) }
}
