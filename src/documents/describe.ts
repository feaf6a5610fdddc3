import type { IncomingHttpHeaders } from 'node:http'

/** What is known of a document before it is read. */
export interface DocumentDescription {
  name: string
  /** Media type without parameters */
  type: string
  /** Bytes; null when its server does not say */
  size: number | null
}

/** In: the address of a document and the headers it came with. */
export function describeDocument (url: string, headers: IncomingHttpHeaders): DocumentDescription {
  const [, type = 'application/octet-stream'] = /^\s*([\w.+-]+\/[\w.+-]+)/.exec(String(headers['content-type']).toLowerCase()) ?? []
  // The end of `bytes 0-0/1234` is the size of the whole.
  const [, size] = /(?:^|\/)(\d+)$/.exec(headers['content-range'] ?? headers['content-length'] ?? '') ?? []
  return { name: nameOf(new URL(url), headers['content-disposition'] ?? ''), type, size: size === undefined ? null : Number(size) }
}

function nameOf ({ pathname, hostname }: URL, disposition: string): string {
  const [, encoded] = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition) ?? []
  const [, plain] = /filename\s*=\s*"?([^";]+)/i.exec(disposition) ?? []
  const name = decode(encoded) ?? plain ?? decode(pathname.split('/').findLast(part => part !== '')) ?? hostname
  // Only a name: no folders, nothing that cannot be seen.
  return name.replace(/^.*[/\\]/, '').replace(/\p{C}/gu, '').slice(0, 200) || hostname
}

function decode (text: string | undefined): string | undefined {
  try {
    return text && decodeURIComponent(text)
  } catch {
    return text
  }
}
