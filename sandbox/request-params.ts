import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parse } from 'qs-esm'

/** Text of a query or a form as a nested object. PHP, too, knows such keys as `auth[member_id]`. */
export const parseForm = (text: string): Record<string, unknown> => parse(text, { depth: 8, parameterLimit: 2000 })

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** A file of a form, as PHP describes it; its content is in base64. */
interface SentFile { name: string, type: string, size: number, content: string }

/** Fields and files of a multipart body. A broken one counts as none. */
async function parseMultipart (type: string, body: Buffer<ArrayBuffer>): Promise<Record<string, unknown>> {
  try {
    const entries = [...await new Response(body, { headers: { 'content-type': type } }).formData()]
    const fields = entries.flatMap(([name, value]): Array<[string, string]> =>
      typeof value === 'string' ? [[name, value]] : [])
    const files = await Promise.all(entries.flatMap(([name, value]) => typeof value === 'string'
      ? []
      : [value.arrayBuffer().then((content): [string, SentFile] => [name, {
          name: value.name,
          type: value.type,
          size: value.size,
          content: Buffer.from(content).toString('base64')
        }])]))
    return { ...parseForm(new URLSearchParams(fields).toString()), ...Object.fromEntries(files) }
  } catch {
    return {}
  }
}

/** How deep PHP reads JSON. */
const DEPTH = 512

/** Whether lists and maps lie in each other deeper than PHP reads; without recursion, which has an end of its own. */
function isTooDeep (value: unknown): boolean {
  let level = [value].filter(isRecord)
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    level = level.flatMap(item => Object.values(item)).filter(isRecord)
  }
  return level.length > 0
}

/**
 * Lets the application take forms and JSON. A broken JSON body, or a very deep one, counts as none, and one of any
 * other type is read as a form, as on a portal: the library BX24 names no type, so that browsers call its forms text.
 */
export function acceptBodies (app: FastifyInstance): void {
  app.register(formbody, { parser: parseForm })
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer<ArrayBuffer>) =>
      parseMultipart(String(request.headers['content-type']), body))
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('*', { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => parseForm(body))
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: FastifyRequest,
    body: string) => {
    try {
      const value: unknown = JSON.parse(body)
      return isTooDeep(value) ? undefined : value
    } catch {
      return undefined
    }
  })
}

/**
 * Address of the request; only its path and query count. An address like `//`, which has no page, is that of the first
 * page.
 */
export const urlOf = ({ url }: FastifyRequest): URL =>
  URL.parse(url, 'http://localhost') ?? new URL('http://localhost/')

/** Path of the request without its query. */
export const pathOf = (request: FastifyRequest): string => urlOf(request).pathname

/** Parameters of the query and of the body in one object; the body wins. */
export function requestParams (request: FastifyRequest): Record<string, unknown> {
  const query = parseForm(urlOf(request).search.slice(1))
  return isRecord(request.body) ? { ...query, ...request.body } : query
}

/** A parameter as text; empty when it is missing or not a scalar. */
export function text (value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
}

/** A list as texts, and as numbers; what is none of them is empty, or 0. */
export const texts = (value: unknown): string[] => Object.values(map(value)).map(text)
export const numbers = (value: unknown): number[] => texts(value).map(Number)

/** A parameter as a map; empty when it is missing or a scalar. */
export function map (value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
