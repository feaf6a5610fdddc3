import type { AgentOptions, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'

interface RequesterOptions extends AgentOptions {
  /** Milliseconds until a new connection has to stand */
  connectTimeout: number
}

export interface RequestMessage {
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string | undefined
  /** Of the answer's body at most, as it travels; an eighth more, and 64 kilobytes, for all that surrounds it */
  maxBytes: number
  /** Ends the exchange */
  signal: AbortSignal
}

// An import of node:http would load a second HTTP client, for the WebSocket that Node exports there.
const [http, https] = [process.getBuiltinModule('node:http'), process.getBuiltinModule('node:https')]

/** Sends HTTP requests over connections of its own. Redirects are answers, and nothing is sent twice. */
export function createRequester ({ connectTimeout, ...options }: RequesterOptions) {
  const plain = new http.Agent(options)
  const secure = new https.Agent(options)
  let isClosed = false
  const create = (url: URL, message: RequestOptions) => url.protocol === 'https:'
    ? https.request(url, { ...message, agent: secure })
    : http.request(url, { ...message, agent: plain })

  const send = (
    url: URL, { body, maxBytes, ...message }: RequestMessage, onExcess: (error: Error) => void
  ) => new Promise<IncomingMessage>((resolve, reject) => {
    const request = create(url, message).on('response', resolve).on('error', reject)
    // Without an error when the answer changes the protocol, which nobody has asked for.
    request.on('close', () => reject(new Error('the connection was closed without an answer')))
    giveUpConnecting(request, url, connectTimeout)
    limitAnswer(request, maxBytes, error => {
      onExcess(error)
      request.destroy(error)
    })
    request.end(body)
  })

  return {
    /**
     * Sends a request, and resolves with what `read` makes of the answer, whose body it reads or destroys.
     *
     * @throws the reason of `signal`; what Node.js throws, such as ECONNREFUSED; ETIMEDOUT without a connection
     */
    async exchange<T> (url: URL, message: RequestMessage, read: (answer: IncomingMessage) => Promise<T>): Promise<T> {
      if (isClosed) throw new Error('the connections are closed')
      let excess: Error | undefined
      try {
        return await read(await send(url, message, error => { excess = error }))
      } catch (error) {
        throw message.signal.aborted ? message.signal.reason : excess ?? error
      }
    },
    /** Ends what is under way. Nothing is sent any more. */
    close (): void {
      isClosed = true
      plain.destroy()
      secure.destroy()
    }
  }
}

function giveUpConnecting (request: ClientRequest, { protocol }: URL, timeout: number): void {
  request.once('socket', socket => {
    // One that was closed before the request had it tells nobody.
    if (socket.destroyed) request.destroy()
    if (!socket.connecting) return
    const error = Object.assign(new Error(`no connection within ${timeout} ms`), { code: 'ETIMEDOUT' })
    const timer = setTimeout(() => request.destroy(error), timeout)
    const stop = () => clearTimeout(timer)
    socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', stop).once('close', stop)
  })
}

/** Limits what no reader of the body sees: informational answers, empty lines, all that chunks are cut with. */
function limitAnswer (request: ClientRequest, maxBytes: number, exceed: (error: Error) => void): void {
  let left = maxBytes * 9 / 8 + 65_536
  let informational = 0
  request.on('information', () => {
    if (++informational === 9) exceed(new Error('more than eight informational answers'))
  })
  request.once('socket', socket => {
    const count = ({ length }: Buffer) => {
      left -= length
      if (left < 0) exceed(new Error(`an answer of more than ${maxBytes} bytes`))
    }
    socket.on('data', count)
    request.once('close', () => socket.off('data', count))
  })
}

/** Reads a body of text. Throws when it is longer than so many bytes. */
export async function readText (body: IncomingMessage, maxBytes: number): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > maxBytes) throw new Error(`an answer of more than ${maxBytes} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}
