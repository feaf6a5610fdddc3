import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as ask } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { HOST, withSentence } from '../listen.ts'
import { PROBE_HEADER } from './tunnel/reach.ts'

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

function show (sentence: string, response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end('<!doctype html><html lang="en"><title>The service does not run</title>' +
    `<h1>The service does not run</h1><p>${escape(sentence)}</p></html>`)
}

/** Keeps the address of the service while processes of it come and go. */
export interface Forwarder {
  port: number
  /** Answered with 204 when it stands in the header of a probe */
  probe: string
  /** From now on requests go to this port. Resolves once those that went elsewhere are answered. */
  forward (port: number): Promise<unknown>
  /** From now on there is nothing but a page with this sentence. */
  say (sentence: string): void
  close (): void
}

/**
 * Listens at a port, at a free one with 0.
 *
 * @throws EADDRINUSE and the like, with a sentence that names the port
 */
export async function startForwarder (wanted: number): Promise<Forwarder> {
  const probe = randomUUID()
  let target: number | undefined
  let sentence = 'It starts.'
  let answering = new Set<Promise<unknown>>()

  function serve (request: IncomingMessage, response: ServerResponse): void {
    const { method, url: path, headers } = request
    if (headers[PROBE_HEADER] === probe) {
      response.writeHead(204).end()
      return
    }
    if (target === undefined) {
      // Read first: a browser whose form nobody reads sees a broken connection.
      request.resume().on('end', () => { show(sentence, response) })
      return
    }
    const [requests, closed] = [answering, once(response, 'close')]
    requests.add(closed)
    // A connection for each request: no process can close it at the wrong moment.
    const asked = ask({ host: HOST, port: target, method, path, headers, agent: false }, answer => {
      response.writeHead(Number(answer.statusCode), answer.headers)
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    })
    asked.on('error', error => {
      if (response.headersSent) response.destroy()
      else show(`It did not answer: ${error.message}.`, response)
    })
    response.on('close', () => {
      requests.delete(closed)
      asked.destroy()
    })
    request.pipe(asked)
  }

  /** A web socket: that of the front end's hot reload. */
  function connect ({ method, url: path, headers }: IncomingMessage, socket: Duplex): void {
    const end = () => { socket.destroy() }
    socket.on('error', end)
    if (target === undefined) {
      end()
      return
    }
    const asked = ask({ host: HOST, port: target, method, path, headers, agent: false })
    asked.on('upgrade', ({ rawHeaders }, other, first) => {
      const lines = rawHeaders.map((text, index) => text + (index % 2 === 0 ? ': ' : '\r\n'))
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`)
      socket.write(first)
      other.on('error', end).on('close', end)
      socket.on('close', () => { other.destroy() })
      other.pipe(socket).pipe(other)
    })
    asked.on('error', end).on('response', end).end()
  }

  const server = createServer(serve).on('upgrade', connect)
  await withSentence(wanted, async () => {
    server.listen(wanted, HOST)
    await once(server, 'listening')
  })
  return {
    // A listening TCP server has such an address.
    port: (server.address() as AddressInfo).port,
    probe,
    forward (port) {
      const former = answering
      answering = new Set()
      target = port
      return Promise.all(former)
    },
    say (text) { [target, sentence] = [undefined, text] },
    close () {
      server.close()
      server.closeAllConnections()
    }
  }
}
