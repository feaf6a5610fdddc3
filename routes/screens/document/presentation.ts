/** How a document is shown: in a picture, in the browser's own reader, as plain text, framed from where it is, or not at all. */
export type DocumentKind = 'image' | 'pdf' | 'text' | 'page' | 'file'

const kinds = new Map<string, DocumentKind>([
  ['image/png', 'image'],
  ['image/jpeg', 'image'],
  ['image/gif', 'image'],
  ['image/webp', 'image'],
  ['image/avif', 'image'],
  ['application/pdf', 'pdf'],
  ['text/plain', 'text'],
  ['text/csv', 'text'],
  ['text/markdown', 'text'],
  ['application/json', 'text'],
  ['text/html', 'page']
])

/** In: a media type. Out: its kind; whatever could carry a script, or is unknown, is a file. */
export const kindOf = (type: string): DocumentKind => kinds.get(type) ?? 'file'

/**
 * The headers that decide what a browser does with a document of somebody else at an address of ours: nothing in it may run.
 * In: media type, file name, whether it is to be saved rather than shown, and the encoding of a text.
 */
export function presentationHeaders (type: string, name: string, isDownload: boolean, charset = 'utf-8'): Record<string, string> {
  const kind = kindOf(type)
  const isShown = !isDownload && kind !== 'file' && kind !== 'page'
  return {
    'content-type': kind === 'text' ? `text/plain; charset=${charset}` : kind === 'image' || kind === 'pdf' ? type : 'application/octet-stream',
    'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeName(name)}`,
    // Browsers open their PDF reader in no sandbox; it runs nothing of the document in our origin.
    'content-security-policy': kind === 'pdf' ? "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'" : "sandbox; default-src 'none'"
  }
}

/** RFC 8187 allows less than encodeURIComponent leaves. */
const encodeName = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
