/** Whether the portal opens this placement by GET and passes nothing. */
export const isBare = (code: string): boolean => code === 'BI_ANALYTICS_MENU'

/** Whether this can tell one handler of a placement from another. */
export const isHandlerName = (name: string): boolean => /^[a-z0-9-]{1,32}$/.test(name)

/** A handler in reports, commands and the log: `CRM_DEAL_DETAIL_TAB`, or `CRM_DEAL_DETAIL_TAB:notes`. */
export const handlerKey = (code: string, name?: string): string => name === undefined ? code : `${code}:${name}`

/** Whether a key names this handler, or that of a member of its family. */
export function matchesHandler ({ code, name }: { code: string, name?: string }, key: string): boolean {
  const [member = '', memberName] = key.split(':')
  return memberName === name && matchesPattern(code, member)
}

/** Whether a pattern with `*` (one or more characters that codes are made of) matches a code, which may be any text. */
export const matchesPattern = (pattern: string, code: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[\\w.*]+')}$`).test(code)
