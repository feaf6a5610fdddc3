import type { IncomingHttpHeaders } from 'node:http'

/**
 * Describes a document by its address and the headers it came with.
 *
 * @returns its name; its media type without parameters; the encoding of a text, if its server names one that browsers
 *   know; and its bytes, null when its server does not say
 */
export function describeDocument (url: string, headers: IncomingHttpHeaders) {
  const contentType = String(headers['content-type']).toLowerCase()
  const [, type = 'application/octet-stream'] = /^\s*([\w.+-]+\/[\w.+-]+)/.exec(contentType) ?? []
  const [, label = ''] = /;\s*charset\s*=\s*"?([\w.:+-]+)/.exec(contentType) ?? []
  const charset = encodingOf(label)
  // The end of `bytes 0-0/1234` is the size of the whole.
  const [, size] = /(?:^|\/)(\d+)$/.exec(headers['content-range'] ?? headers['content-length'] ?? '') ?? []
  return {
    name: nameOf(new URL(url), headers['content-disposition'] ?? ''),
    type,
    ...(charset !== undefined && { charset }),
    size: Number.isSafeInteger(Number(size)) ? Number(size) : null
  }
}

function encodingOf (label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

function nameOf ({ pathname, hostname }: URL, disposition: string): string {
  const [, encoded] = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition) ?? []
  const [, plain] = /filename\s*=\s*"?([^";]+)/i.exec(disposition) ?? []
  const last = pathname.split('/').findLast(part => part !== '')
  const name = decode(encoded) ?? (plain && fromBytes(plain)) ?? decode(last) ?? hostname
  // No folders, no invisible characters
  return name.replace(/^.*[/\\]/, '').replace(/\p{C}/gu, '').trim().slice(0, 200) || hostname
}

/** Many servers write UTF-8 into headers, which are read as one byte a character. */
function fromBytes (text: string): string {
  try {
    if (!/^[\0-\xff]*$/.test(text)) return text
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'))
  } catch {
    return text
  }
}

function decode (text: string | undefined): string | undefined {
  try {
    return text && decodeURIComponent(text)
  } catch {
    return text
  }
}
