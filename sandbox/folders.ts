import { fileURLToPath } from 'node:url'

/** A folder of the sandbox. In the package all but the few files that look for others become one file. */
export const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
