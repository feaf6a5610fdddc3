/** An amount in the language of a tag such as `de`. A portal may have its own currencies, which Intl does not know. */
export function amountText ({ amount, currency }: { amount: number, currency: string }, locale: string): string {
  return /^[A-Z]{3}$/.test(currency)
    ? new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount)
    : `${new Intl.NumberFormat(locale).format(amount)} ${currency}`
}
