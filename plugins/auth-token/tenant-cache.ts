/**
 * A cache that portals share. When it is full, the portal with the most entries loses its oldest, which expires first:
 * whoever calls with very many tokens pushes out their own. Looking for it takes no time beside a question to a server.
 */
export function createTenantCache<Value> (max: number) {
  const entries = new Map<string, Value>()
  const portalOf = new Map<string, string>()
  // Never empty, in the order in which they came
  const keysOf = new Map<string, Set<string>>()

  function remove (key: string): void {
    const memberId = portalOf.get(key)
    if (memberId === undefined) return
    const keys = keysOf.get(memberId)
    entries.delete(key)
    portalOf.delete(key)
    keys?.delete(key)
    if (keys?.size === 0) keysOf.delete(memberId)
  }

  function dropOne (): void {
    let most = new Set<string>()
    for (const keys of keysOf.values()) if (keys.size > most.size) most = keys
    const [oldest = ''] = most
    remove(oldest)
  }

  return {
    get: entries.get.bind(entries),
    /** @param memberId of the portal that the value is about, as it was proven */
    set (memberId: string, key: string, value: Value): void {
      remove(key)
      entries.set(key, value)
      portalOf.set(key, memberId)
      keysOf.set(memberId, (keysOf.get(memberId) ?? new Set()).add(key))
      if (entries.size > max) dropOne()
    }
  }
}
