import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'

type HasHeaders = Pick<FastifyRequest, 'headers'>

/** What a request carries as `Authorization: Bearer`, in upper or lower case; '' for none. */
export const bearerOf = ({ headers }: HasHeaders): string =>
  /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''

/** Whether a person reads the answer: a program asks for no pages. */
export const acceptsPage = ({ headers }: HasHeaders): boolean => headers.accept?.includes('text/html') === true

// Languages that Bitrix24 has codes of its own for.
const CODES: Readonly<Record<string, string>> = { es: 'la', kk: 'kz', pt: 'br', uk: 'ua', vi: 'vn', zh: 'sc' }

/** The first language that a browser asks for, as Bitrix24 writes it; undefined: none. */
export function browserLanguage (headers: IncomingHttpHeaders = {}): string | undefined {
  const accepted = headers['accept-language'] ?? ''
  // Chinese has two scripts.
  if (/^zh-(?:hant|tw|hk|mo)\b/i.test(accepted)) return 'tc'
  const [lang = ''] = /^[a-z]{2,3}\b/i.exec(accepted) ?? []
  return CODES[lang.toLowerCase()] ?? (lang || undefined)
}
