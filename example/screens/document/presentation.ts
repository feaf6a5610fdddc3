/** How a document is shown: as a picture, in the browser's PDF reader, as plain text, in a frame. */
const types = {
  image: ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'],
  pdf: ['application/pdf'],
  text: ['text/plain', 'text/csv', 'text/markdown', 'application/json'],
  page: ['text/html']
}

/** A type that is unknown or could carry a script is a `file`, which is not shown at all. */
export function kindOf (type: string): keyof typeof types | 'file' {
  const kinds = Object.keys(types) as Array<keyof typeof types> // they are all there are
  return kinds.find(kind => types[kind].includes(type)) ?? 'file'
}

/** The headers that keep a browser from running anything in a foreign document at an address of ours. */
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

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']

/** A number of bytes in the language of a BCP 47 tag: `226 B`, `1.5 MB`. */
export function byteSize (bytes: number, tag: string): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  const partsAs = (unitDisplay: 'short' | 'narrow') => new Intl.NumberFormat(tag, {
    style: 'unit', unit: units[power], unitDisplay, maximumFractionDigits: 1
  }).formatToParts(bytes / 1000 ** power)
  // Many languages write `226 byte` or, without a space, `226B`: it is the sign of the one with the space of the other.
  const sign = partsAs('narrow').filter(({ type }) => type === 'unit').map(({ value }) => value).join('')
  return partsAs('short').map(({ type, value }) => type === 'unit' ? sign : value).join('')
}
