/** How a document is shown: as a picture, in the browser's PDF reader, as plain text, in a frame, or not at all. */
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

/** In: a media type. Out: its kind; a type that is unknown or could carry a script is a file. */
export const kindOf = (type: string): DocumentKind => kinds.get(type) ?? 'file'

/**
 * The headers that keep a browser from running anything in a foreign document at an address of ours.
 * In: media type, file name, whether to download it, and the encoding of a text.
 */
export function presentationHeaders (
  type: string, name: string, isDownload: boolean, charset = 'utf-8'
): Record<string, string> {
  const kind = kindOf(type)
  const isShown = !isDownload && kind !== 'file' && kind !== 'page'
  const shownType = kind === 'text' ? `text/plain; charset=${charset}` : type
  return {
    'content-type': kind === 'file' || kind === 'page' ? 'application/octet-stream' : shownType,
    'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeName(name)}`,
    // Browsers do not open their PDF reader in a sandbox. It runs nothing of the document in our origin.
    'content-security-policy': kind === 'pdf'
      ? "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
      : "sandbox; default-src 'none'"
  }
}

/** RFC 8187 allows less than encodeURIComponent leaves. */
const encodeName = (name: string): string =>
  encodeURIComponent(name.toWellFormed())
    .replace(/['()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
