/** What stands before the paths of a service at this address: '' or such as `/b24`. */
export const basePath = (publicUrl: string): string => new URL(publicUrl).pathname.replace(/\/$/, '')

/** What stands before the paths of a scope. Fastify joins a prefix and a path with one slash. */
export const prefixOf = ({ prefix }: { prefix: string }): string => prefix.replace(/\/$/, '')

/** The query string in which a page of ours names the portal that frames it, and its language, as the portal does. */
export function frameQuery (origin: string, lang: string): string {
  const { host, protocol } = new URL(origin)
  return new URLSearchParams({ DOMAIN: host, PROTOCOL: protocol === 'http:' ? '0' : '1', LANG: lang }).toString()
}

/** The page of a person on a portal with this web origin. */
export const personUrl = (origin: string, userId: number): string =>
  new URL(`/company/personal/user/${userId}/`, origin).href
