import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@platformatic/prom-client'
import type { FastifyInstance } from 'fastify'
import { stageOf } from '../../src/http/http-error.ts'
import {
  proofChannel, queryChannel, requestChannel, restChannel,
  type ProofMessage, type QueryMessage, type RequestMessage, type RestMessage
} from '../../src/diagnostics/measurements.ts'
import { queueLengths } from '../../src/queues/lengths.ts'
import type {} from '../tokens/index.ts'
import { areaOf, operationOf, refusalOf } from './bounded.ts'
import { measureStages } from './stage-durations.ts'

// Seconds. A call of a known user takes a millisecond, and REST calls of its handler some hundreds.
const ofRequests = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const ofQueries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

/** Processor, memory, garbage collection and delay of the event loop: once for all that run in this process. */
export const processMetrics = new Registry()
collectDefaultMetrics({ register: processMetrics })

/** Counts what the service does from now on, in a registry of its own. `stop` ends it. */
export function startServiceMetrics (fastify: FastifyInstance) {
  const registry = new Registry()
  const registers = [registry]
  const ends: Array<() => void> = []
  /** Listens to a channel, whose messages are of one type. */
  const on = <T>({ name }: { name: string | symbol }, listener: (message: T) => void) => {
    const onMessage = (message: unknown) => listener(message as T)
    subscribe(name, onMessage)
    ends.push(() => unsubscribe(name, onMessage))
  }

  const requests = new Counter({
    name: 'b24_requests_total',
    help: 'Answered requests.',
    labelNames: ['method', 'route', 'placement', 'status'],
    registers
  })
  const errors = new Counter({
    name: 'b24_request_errors_total',
    help: 'Requests that ended with an error, by its code and the stage that refused them.',
    labelNames: ['route', 'placement', 'stage', 'code'],
    registers
  })
  const durations = new Histogram({
    name: 'b24_request_duration_seconds',
    help: 'From the arrival of a request to its whole answer.',
    labelNames: ['route', 'placement'],
    buckets: ofRequests,
    registers
  })
  on<RequestMessage>(requestChannel, ({ request, reply }) => {
    const { method, routeOptions, declaredPlacement, errorCode } = request
    const labels = { route: routeOptions.url ?? 'none', placement: declaredPlacement ?? 'none' }
    requests.inc({ ...labels, method, status: reply.statusCode })
    durations.observe(labels, reply.elapsedTime / 1000)
    if (errorCode) errors.inc({ ...labels, stage: String(stageOf(errorCode)), code: errorCode })
  })

  measureStages(on, registers, ofRequests)

  const proofs = new Counter({
    name: 'b24_proofs_total',
    help: 'Proofs of calls: from memory, shared with another call, or asked of an authorization server.',
    labelNames: ['outcome'],
    registers
  })
  const proofDurations = new Histogram({
    name: 'b24_proof_duration_seconds',
    help: 'Of proofs that were not in memory, with the wait for a turn.',
    buckets: ofRequests,
    registers
  })
  on<ProofMessage>(proofChannel, ({ outcome, seconds }) => {
    proofs.inc({ outcome })
    if (seconds !== undefined) proofDurations.observe(seconds)
  })

  const restDurations = new Histogram({
    name: 'b24_rest_duration_seconds',
    help: 'Requests to the REST interfaces of portals, by the area of the method.',
    labelNames: ['area'],
    buckets: ofRequests,
    registers
  })
  const restRefusals = new Counter({
    name: 'b24_rest_refusals_total',
    help: 'REST requests that a portal refused, or did not answer.',
    labelNames: ['area', 'code'],
    registers
  })
  on<RestMessage>(restChannel, ({ method, seconds, refusal }) => {
    const area = areaOf(method)
    restDurations.observe({ area }, seconds)
    if (refusal !== undefined) restRefusals.inc({ area, code: refusalOf(refusal) })
  })

  const storeDurations = new Histogram({
    name: 'b24_store_duration_seconds',
    help: 'Statements of the store.',
    labelNames: ['operation'],
    buckets: ofQueries,
    registers
  })
  const storeErrors = new Counter({
    name: 'b24_store_errors_total', help: 'Statements of the store that failed.', labelNames: ['operation'], registers
  })
  on<QueryMessage>(queryChannel, ({ kind, seconds, hasFailed }) => {
    const operation = operationOf(kind)
    storeDurations.observe({ operation }, seconds)
    if (hasFailed) storeErrors.inc({ operation })
  })

  registry.registerMetric(new Gauge({
    name: 'b24_queue_length',
    help: 'What waits in a queue, or runs in the background.',
    labelNames: ['queue'],
    registers: [],
    collect () {
      for (const [queue, length] of queueLengths()) this.set({ queue }, length)
    }
  }))
  if (fastify.hasDecorator('tokens')) addRefreshes(fastify.tokens, registry)
  return { registry, stop: () => { for (const end of ends) end() } }
}

/** The plugin of the tokens has counted them since the start. */
function addRefreshes ({ refreshes, refreshErrors }: FastifyInstance['tokens'], registry: Registry): void {
  for (const { name, help, label, counts } of [
    { name: 'b24_token_refreshes_total', help: 'Refreshes of token pairs.', label: 'outcome', counts: refreshes },
    { name: 'b24_token_refresh_errors_total', help: 'Failed refreshes.', label: 'code', counts: refreshErrors }
  ]) {
    registry.registerMetric(new Counter({
      name,
      help,
      labelNames: [label],
      registers: [],
      collect () {
        this.reset()
        for (const [value, count] of Object.entries(counts())) this.inc({ [label]: value }, count)
      }
    }))
  }
}
