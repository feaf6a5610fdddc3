/** An amount in the language of a BCP 47 tag. A portal may have currencies of its own, which Intl does not know. */
export function amountText (value: number, currency: string, tag: string): string {
  return /^[A-Z]{3}$/.test(currency)
    ? new Intl.NumberFormat(tag, { style: 'currency', currency }).format(value)
    : `${new Intl.NumberFormat(tag).format(value)} ${currency}`
}
