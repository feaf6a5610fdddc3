const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']

/** In: a number of bytes and a BCP 47 tag. Out: its text in that language, e.g. `1.5 MB`. */
export function byteSize (bytes: number, tag: string): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  return new Intl.NumberFormat(tag, {
    style: 'unit', unit: units[power], unitDisplay: 'short', maximumFractionDigits: 1
  }).format(bytes / 1000 ** power)
}
