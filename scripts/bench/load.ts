import autocannon from 'autocannon'
import { processorTime, type Server } from './servers.ts'

/** A call as the load sends it */
export interface Call { path: string, body: string }

export interface Load {
  /** Microseconds of the processor for one request */
  cpu: number
  perSecond: number
  /** Milliseconds */
  p50: number
  p99: number
}

const headers = { 'content-type': 'application/x-www-form-urlencoded' }

const connections = 10

/** Sends calls to a server, each once or in turn until there were so many, over ten connections. */
export async function load (
  server: Server, calls: readonly Call[], amount = calls.length, perSecond?: number
): Promise<Load> {
  const requests = calls.map(({ path, body }) => ({ method: 'POST' as const, path, body, headers }))
  let connection = 0
  const before = processorTime(server)
  const { requests: { total }, duration, latency, non2xx, errors } = await autocannon({
    url: server.url,
    // Each connection has its own share of the calls: otherwise each would send all of them.
    setupClient: client => {
      const share = connection++
      client.setRequests(requests.filter((_, index) => index % connections === share))
    },
    connections,
    amount,
    ...(perSecond !== undefined && { overallRate: perSecond })
  })
  if (non2xx + errors > 0) throw new Error(`${non2xx} calls were refused, ${errors} failed`)
  const cpu = (processorTime(server) - before) / total
  return { cpu, perSecond: total / duration, p50: latency.p50, p99: latency.p99 }
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

/** The median of each figure. */
export const medianOf = (loads: readonly Load[]): Load => ({
  cpu: median(loads.map(({ cpu }) => cpu)),
  perSecond: median(loads.map(({ perSecond }) => perSecond)),
  p50: median(loads.map(({ p50 }) => p50)),
  p99: median(loads.map(({ p99 }) => p99))
})
