import autocannon from 'autocannon'
import type { PlacementCall } from '../../sandbox/call.ts'
import { processorTime, type Server } from './servers.ts'

/** A call as the load sends it */
export interface Call { path: string, body: string }

export function callOf ({ url, payload: body }: PlacementCall): Call {
  const { pathname, search } = new URL(url)
  return { path: pathname + search, body }
}

export interface Load {
  /** Microseconds of the processor for one request */
  cpu: number
  perSecond: number
  /** Milliseconds */
  p50: number
}

const headers = { 'content-type': 'application/x-www-form-urlencoded' }

const connections = 10

/** Sends calls to a server, each once or in turn until there were so many, over ten connections. */
export async function load (server: Server, calls: readonly Call[], amount = calls.length): Promise<Load> {
  const requests = calls.map(({ path, body }) => ({ method: 'POST' as const, path, body, headers }))
  let connection = 0
  const before = processorTime(server)
  const start = performance.now()
  let end = start
  const { requests: { total }, latency, non2xx, errors } = await autocannon({
    url: server.url,
    setupClient: client => {
      // Each connection has its own share of the calls: otherwise each would send all of them.
      const share = connection++
      client.setRequests(requests.filter((_, index) => index % connections === share))
      // autocannon ends, and counts, by whole seconds.
      client.on('response', () => { end = performance.now() })
    },
    connections,
    amount
  })
  if (non2xx + errors > 0) throw new Error(`${non2xx} calls were refused, ${errors} failed`)
  const cpu = (processorTime(server) - before) / total
  return { cpu, perSecond: total / (end - start) * 1000, p50: latency.p50 }
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

/** The median of each figure. */
export const medianOf = (loads: readonly Load[]): Load => ({
  cpu: median(loads.map(({ cpu }) => cpu)),
  perSecond: median(loads.map(({ perSecond }) => perSecond)),
  p50: median(loads.map(({ p50 }) => p50))
})
