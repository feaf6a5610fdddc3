import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { createHistogram } from 'node:perf_hooks'
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
}

/** Microseconds from sending a call until its answer is whole */
export interface Latency { p50: number, p99: number }

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

/**
 * Sends so many calls a second, each at its own moment, and says how long their answers took. Not of autocannon: with a
 * rate it sends the calls of a second at once, and then waits for the next.
 */
export async function pacedLoad (
  { url }: Server, calls: readonly Call[], amount: number, perSecond: number
): Promise<Latency> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const times = createHistogram()
  const answers: Array<Promise<void>> = []
  const start = process.hrtime.bigint()
  while (answers.length < amount) {
    const passed = Number(process.hrtime.bigint() - start) / 1e9
    if (answers.length <= passed * perSecond) answers.push(send(calls[answers.length % calls.length] as Call))
    // A timer is late by a millisecond, which is more than an answer takes.
    await new Promise(resolve => { setImmediate(resolve) })
  }
  await Promise.all(answers)
  agent.destroy()
  return { p50: times.percentile(50) / 1000, p99: times.percentile(99) / 1000 }

  async function send ({ path, body }: Call): Promise<void> {
    const sent = process.hrtime.bigint()
    const call = request(url + path, {
      agent, method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }
    })
    call.end(body)
    const [answer] = await once(call, 'response') as [IncomingMessage] // what the event brings
    answer.resume()
    await once(answer, 'end')
    if (answer.statusCode !== 200) throw new Error(`a call was refused with ${answer.statusCode}`)
    times.record(process.hrtime.bigint() - sent)
  }
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

/** The median of each figure. */
export const medianOf = (loads: readonly Load[]): Load => ({
  cpu: median(loads.map(({ cpu }) => cpu)),
  perSecond: median(loads.map(({ perSecond }) => perSecond)),
  p50: median(loads.map(({ p50 }) => p50))
})
