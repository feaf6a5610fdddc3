import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'

type HasHeaders = Pick<FastifyRequest, 'headers'>

/** What a request carries as `Authorization: Bearer`, in upper or lower case; '' for none. */
export const bearerOf = ({ headers }: HasHeaders): string =>
  /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''

/** Whether a person reads the answer: a program asks for no pages. */
export const acceptsPage = ({ headers }: HasHeaders): boolean => headers.accept?.includes('text/html') === true

// Languages that Bitrix24 has codes of its own for.
const ownCodes: Readonly<Record<string, string>> = { es: 'la', kk: 'kz', pt: 'br', uk: 'ua', vi: 'vn', zh: 'sc' }

/** The languages that a browser asks for, the most wanted first, as Bitrix24 writes them in lower case. */
export function browserLanguages (headers: IncomingHttpHeaders = {}): string[] {
  const asked = (headers['accept-language'] ?? '').toLowerCase().split(',').map(text => {
    const [, lang = '', q = '1'] = /^\s*([a-z]{2,3}\b[\w-]*)(?:\s*;\s*q=([\d.]+))?/.exec(text) ?? []
    return { lang, q: Number(q) }
  })
  return asked.filter(({ lang, q }) => lang !== '' && q > 0).sort((one, other) => other.q - one.q).map(({ lang }) => {
    // Chinese has two scripts.
    if (/^zh-(?:hant|tw|hk|mo)\b/.test(lang)) return 'tc'
    const [name = ''] = lang.split('-')
    return ownCodes[name] ?? name
  })
}
