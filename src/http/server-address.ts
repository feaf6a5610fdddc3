/** Origins of Bitrix24's own authorization servers: the second serves all regions that the first does not. */
export const defaultAuthorizationServers: readonly string[] =
  ['https://oauth.bitrix24.tech', 'https://oauth.bitrix.info']

/**
 * The authorization server that an endpoint names, in any case, with more or fewer slashes, a default port, or http:.
 * Returns the origin as the list has it, so that nothing is sent to an address as it was posted.
 */
export function serverOf (endpoint: string, servers: readonly string[]): string | undefined {
  const url = URL.parse(endpoint)
  if (url === null || !/^\/+rest\/*$/i.test(url.pathname)) return undefined
  return servers.find(server => hostOf(URL.parse(server)) === hostOf(url))
}

// Some portals write the port of https: behind http:.
const hostOf = (url: URL | null) => url?.host.replace(/:(?:80|443)$/, '')
