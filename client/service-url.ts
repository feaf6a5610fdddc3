/**
 * Where a path of this service is: session and token are for it alone. Undefined for a path that leads elsewhere.
 *
 * @param base what stands before the paths of the service, such as `/b24`
 */
export function serviceUrl (path: string, base: string, origin: string): URL | undefined {
  const url = new URL(base + path, origin)
  return path.startsWith('/') && url.origin === origin && url.pathname.startsWith(`${base}/`) ? url : undefined
}
