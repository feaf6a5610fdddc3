import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { Agent, request, type Dispatcher } from 'undici'
import {
  DocumentMissingError, DocumentOriginError, DocumentRefusedError, DocumentsOffError, DocumentUnavailableError
} from '../../errors.ts'
import { describeDocument } from './describe.ts'
import type { createReaderTokens, DocumentReader } from './reader-token.ts'

export interface DocumentServers {
  /** Origins of the servers that may be asked; empty: none */
  origins: readonly string[]
  /** Milliseconds until the first byte, for each redirect anew. Default 5000 */
  timeout?: number
  /** Milliseconds without a byte after that. Default 30,000 */
  idleTimeout?: number
  /** Milliseconds for all requests of one description: a person waits for the page. Default 15,000 */
  deadline?: number
}

const maxRedirects = 3
const redirects = [301, 302, 303, 307, 308]
const partHeaders = ['content-length', 'content-range', 'content-encoding', 'accept-ranges', 'etag', 'last-modified']

/**
 * Documents on listed servers, which learn who reads them.
 *
 * All methods throw DocumentsOffError for an empty list; DocumentOriginError for an address, or a redirect, that is not
 * on the list; DocumentMissingError; DocumentRefusedError; DocumentUnavailableError.
 */
export function createDocumentSource (
  { origins, timeout = 5000, idleTimeout = 30_000, deadline = 15_000 }: DocumentServers,
  signReader: ReturnType<typeof createReaderTokens>['sign']
) {
  const dispatcher = new Agent({ connect: { timeout }, headersTimeout: timeout, bodyTimeout: idleTimeout })

  async function ask (
    method: 'HEAD' | 'GET', address: string, reader: DocumentReader, headers: IncomingHttpHeaders, signal: AbortSignal
  ): Promise<Dispatcher.ResponseData> {
    if (origins.length === 0) throw new DocumentsOffError()
    let url = URL.parse(address)
    for (let hop = 0; hop <= maxRedirects; hop++) {
      // A name and password in the address would be sent to the server.
      if (url === null || !origins.includes(url.origin) || url.username !== '' || url.password !== '') break
      // A token is for one address.
      const ours = { 'accept-encoding': 'identity', 'b24-reader': await signReader(reader, url.href) }
      const answer = await request(url.href, { dispatcher, method, headers: { ...ours, ...headers }, signal })
        .catch((cause: unknown) => { throw new DocumentUnavailableError({ cause }) })
      const { location } = answer.headers
      if (!redirects.includes(answer.statusCode) || location === undefined) return answer
      discard(answer.body)
      url = URL.parse(String(location), url.href)
    }
    throw new DocumentOriginError()
  }

  return {
    async describe (url: string, reader: DocumentReader) {
      const signal = AbortSignal.timeout(deadline)
      const head = await ask('HEAD', url, reader, {}, signal)
      discard(head.body)
      // Some servers do not support HEAD, and signed addresses are often good for GET only.
      const answer = head.statusCode === 200 ? head : await ask('GET', url, reader, { range: 'bytes=0-0' }, signal)
      discard(answer.body)
      refuseUnless([200, 206], answer)
      return describeDocument(url, answer.headers)
    },

    /**
     * Opens a document, or the part of it that the headers `range` and `if-range` ask for; other headers are dropped.
     *
     * @returns what is known of it; `status`: 200, 206 for a part, 416 for a part that is not there; and `body`, to be
     *   read or destroyed: nothing is read ahead of the reader
     */
    async open (url: string, reader: DocumentReader, sent: IncomingHttpHeaders, signal: AbortSignal) {
      const answer = await ask('GET', url, reader, pick(sent, ['range', 'if-range']), signal)
      const { statusCode: status, headers, body } = answer
      refuseUnless([200, 206, 416], answer)
      return { ...describeDocument(url, headers), status, headers: pick(headers, partHeaders), body }
    },

    close: () => dispatcher.destroy()
  }
}

const pick = (headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.filter(name => headers[name] !== undefined).map(name => [name, String(headers[name])]))

function refuseUnless (expected: readonly number[], { statusCode, body }: Dispatcher.ResponseData): void {
  if (expected.includes(statusCode)) return
  discard(body)
  throw [404, 410].includes(statusCode) ? new DocumentMissingError() : new DocumentRefusedError(String(statusCode))
}

/** To destroy a body raises an error on it. */
function discard (body: Readable): void {
  body.on('error', () => {}).destroy()
}
