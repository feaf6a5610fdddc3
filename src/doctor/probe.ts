import type { IncomingMessage } from 'node:http'
import { createRequester, readText } from '../http/requester.ts'

/** Why there was no answer. */
type Failure = 'dns' | 'timeout' | 'tls' | 'unreachable'

/** An answer, or why there was none. Redirects are answers. */
export interface Probed {
  failure?: Failure
  /** 0 without an answer */
  status: number
  /** By names in lower case; of a header that was sent twice both values, with a comma */
  headers: Record<string, string>
  text: string
}

export interface Message { method?: 'GET' | 'POST', headers?: Record<string, string>, body?: string }

export type Prober = ReturnType<typeof createProber>

const maxBytes = 256 * 1024
const kinds: ReadonlyArray<[RegExp, Failure]> = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'dns'], [/time/i, 'timeout'], [/CERT|SSL|TLS|EPROTO|SIGN|ISSUER/, 'tls']
]

function failureOf (error: unknown): Failure {
  const { code, name } = error as { code?: unknown, name?: unknown }
  const text = typeof code === 'string' ? code : String(name)
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? 'unreachable'
}

/** Whether this may be for want of a network. */
export const isCutOff = ({ failure }: Pick<Probed, 'failure'>): boolean => failure !== undefined && failure !== 'tls'

async function read (answer: IncomingMessage): Promise<Probed> {
  const headers: Record<string, string> = {}
  for (const [name, values] of Object.entries(answer.headersDistinct)) headers[name] = String(values)
  return { status: Number(answer.statusCode), headers, text: await readText(answer, maxBytes) }
}

/** Asks servers, none of which is trusted, in so many milliseconds each. */
export function createProber (timeout: number) {
  const { exchange, close } = createRequester({ connectTimeout: timeout })
  return {
    async probe (url: string, { method = 'GET', headers = {}, body }: Message = {}): Promise<Probed> {
      const message = { method, headers, body, maxBytes, signal: AbortSignal.timeout(timeout) }
      return await exchange(new URL(url), message, read)
        .catch(error => ({ failure: failureOf(error), status: 0, headers: {}, text: '' }))
    },
    close
  }
}
