/**
 * Why a placement was left out, in the user's language.
 * In: translator, and the stored reason: `scope:crm`, `unknown:` or `refused:CODE`.
 */
export function reasonText (t: (key: string, vars?: Record<string, string>) => string, reason: string): string {
  const [kind = '', detail = ''] = reason.split(':')
  return t(`reason.${kind}`, kind === 'scope' ? { scope: detail } : { code: detail })
}
