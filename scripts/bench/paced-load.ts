// A load that measures latency. It works on sockets, with calls made before: an HTTP client takes more time, and leaves
// more garbage, than the service that it measures. Its own pauses would be taken for the service's: what was due before
// one of them ended does not count.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createHistogram } from 'node:perf_hooks'
import type { Call } from './load.ts'
import type { Server } from './servers.ts'

/** Microseconds from the moment a call was due until its answer was whole */
export interface Latency { p50: number, p99: number }

/** What the process is to do */
interface Task { url: string, calls: readonly Call[], amount: number, perSecond: number }

const connections = 10
// Milliseconds between two looks at the clock; ten answers take less. Then the system, or V8, has stopped the process.
const pause = 0.3

/** Sends so many calls a second from a process of its own, and says how long their answers took. */
export async function pacedLoad (
  { url }: Server, calls: readonly Call[], amount: number, perSecond: number
): Promise<Latency> {
  // The collections of the sandbox's heap take longer than an answer.
  const child = fork(import.meta.filename, { serialization: 'advanced' })
  child.send({ url, calls, amount, perSecond } satisfies Task)
  const answer = once(child, 'message')
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error('the paced load has failed')
  const [latency] = await answer
  return latency as Latency
}

async function sendPaced ({ url, calls, amount, perSecond }: Task): Promise<Latency> {
  const messages = calls.map(({ path, body }) => Buffer.from(`POST ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\n` +
    'Content-Type: application/x-www-form-urlencoded\r\n' +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`))
  const times = createHistogram()
  const clients = await Promise.all(Array.from({ length: connections }, async () => await openClient(url)))
  let sent = 0
  let answered = 0
  const start = performance.now()
  let [looked, paused] = [start, start]
  function look (): number {
    const now = performance.now()
    if (now - looked > pause) paused = now
    looked = now
    return now
  }
  while (answered < amount) {
    look()
    for (const client of clients.filter(({ isFree }) => isFree)) {
      const due = start + sent * 1000 / perSecond
      if (sent === amount || due > performance.now()) break
      client.send(messages[sent++ % messages.length] as Buffer, () => {
        const time = look() - due
        // In its first second V8 compiles the process itself.
        if (due > Math.max(paused, start + 1000)) times.record(Math.max(1, Math.round(time * 1000)))
        answered++
      })
    }
    // A timer is late by a millisecond, which is more than an answer takes.
    await new Promise(resolve => { setImmediate(resolve) })
  }
  for (const client of clients) client.close()
  return { p50: times.percentile(50), p99: times.percentile(99) }
}

/** A connection that sends one call at a time. */
async function openClient (url: string) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).setNoDelay()
  await once(socket, 'connect')
  // Bytes of the answer that are missing; undefined until its head has come
  let missing: number | undefined
  let head = ''
  let onAnswer: (() => void) | undefined
  socket.on('data', bytes => {
    if (missing === undefined) {
      head += bytes.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end === -1) return
      if (!head.startsWith('HTTP/1.1 200')) throw new Error(`a call was refused with ${head.slice(9, 12)}`)
      missing = Number(/content-length: (\d+)/i.exec(head)?.[1]) + end + 4 - head.length
    } else missing -= bytes.length
    if (missing > 0) return
    missing = undefined
    head = ''
    const done = onAnswer
    onAnswer = undefined
    done?.()
  })
  return {
    get isFree () { return onAnswer === undefined },
    send (message: Buffer, done: () => void) {
      onAnswer = done
      socket.write(message)
    },
    close: () => { socket.destroy() }
  }
}

if (process.argv[1] === import.meta.filename) {
  process.once('message', async task => {
    process.send?.(await sendPaced(task as Task), () => { process.disconnect() })
  })
}
