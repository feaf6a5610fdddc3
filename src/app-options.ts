import type { Config } from './config.ts'
import type { Store } from './store/open-store.ts'

/** Options of the service as a plugin. */
export interface AppOptions {
  config: Config
  /** A store of your own, closed with the app. Default: the one that `config.databaseUrl` names */
  store?: Store
  /** The folder of the application, an absolute path. Default: `config.application` */
  application?: string | undefined
  /**
   * Whether the server is there for the app alone: the app answers every unknown address of it, and uses what
   * `serverOptions` has set. Default false: the app is a guest, and what is not below its prefix is the host's
   */
  standalone?: boolean
  /** What Fastify puts before the paths of the app; PUBLIC_URL ends with it, as far as the proxy in front keeps it */
  prefix?: string
  /** Whether there are screens, and links to them. Default true */
  links?: boolean
  /** Aborted when the process is about to end: /ready says so, and calls are still answered. Default: never */
  shutdown?: AbortSignal
  /** Asks the authorization servers at the start whether they know the application. Default true */
  checksClient?: boolean
}

declare module 'fastify' {
  interface FastifyInstance {
    config: Config
    /** The database of the store, for plugins with tables of their own */
    database: Store['database']
  }
}
