import { createRequester, readText } from './requester.ts'

/** One POST; `json` is undefined when the answer is not JSON. Redirects are answers, never followed. */
export type HttpPost = (url: string, message: HttpMessage) => Promise<{ status: number, json: unknown }>
export interface HttpMessage {
  headers: Record<string, string>
  body: string
  /** false for a request that must not be made twice. Default true */
  retry?: boolean
  /** Milliseconds for the whole exchange, instead of what the client gives; a connection has to stand sooner */
  timeout?: number
}

// An answer of these servers is a few hundred bytes; more than this is not theirs.
const maxAnswerBytes = 256 * 1024
// After these the server has done little or nothing yet: worth one more try.
const connectionErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'])

const isConnectionError = (error: unknown) =>
  error instanceof Error && 'code' in error && connectionErrors.has(String(error.code))

// Milliseconds. A new TLS connection costs two round trips more than a question on one that stands.
const keepAlive = 70_000

/**
 * An HTTP client with its own pool of connections. Retries once after a connection error, within the same timeout, and
 * throws what Node.js throws (refused, reset), or a TimeoutError. What must not be made twice gets a connection of its
 * own: one that was kept may be gone at the other end, which shows only after the request was sent.
 */
export function createHttpClient ({ timeout: usual }: { timeout: number }) {
  const kept = createRequester({ connectTimeout: usual, keepAlive: true, timeout: keepAlive })
  const single = createRequester({ connectTimeout: usual })
  const post: HttpPost = async (url, { headers, body, retry = true, timeout = usual }) => {
    const signal = AbortSignal.timeout(timeout)
    const requester = retry ? kept : single
    const question = { method: 'POST', headers, body, signal, maxBytes: maxAnswerBytes } as const
    const once = () => requester.exchange(new URL(url), question, async answer => (
      { status: Number(answer.statusCode), json: parseJson(await readText(answer, maxAnswerBytes)) }
    ))
    try {
      return await once()
    } catch (error) {
      if (!retry || !isConnectionError(error)) throw error
      return await once()
    }
  }
  return {
    post,
    close (): void {
      kept.close()
      single.close()
    }
  }
}

function parseJson (text: string): unknown {
  try { return JSON.parse(text) } catch { return undefined }
}
