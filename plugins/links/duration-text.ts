const units = [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]] as const

/** In: seconds, and a BCP 47 tag. Out: the time in words of the largest unit that fits, never more than it is: `20 seconds`, `1.5 hours`. */
export function durationText (seconds: number, tag: string): string {
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? ['second', 1]
  const format = new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1, roundingMode: 'trunc' })
  return format.format(seconds / length)
}
