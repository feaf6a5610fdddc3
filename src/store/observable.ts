import { storeCalls } from '../diagnostics/channels.ts'

type Method = (...args: unknown[]) => Promise<unknown>

/** Makes the calls of an object's methods visible to who measures or traces them. */
export const observable = <T extends object>(store: T, prefix = ''): T =>
  Object.fromEntries(Object.entries<Method>(store as Record<string, Method>).map(([name, work]) => {
    const method = prefix + name
    return [name, (...args: unknown[]) => storeCalls.tracePromise(work, { method }, undefined, ...args)]
  })) as T
