/** Whether the portal opens this placement by GET and passes nothing. */
export const isBare = (code: string): boolean => code === 'BI_ANALYTICS_MENU'

/** Whether a pattern with `*` (at least one character) matches a code. */
export function matchesPattern (pattern: string, code: string): boolean {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.+')}$`).test(code)
}
