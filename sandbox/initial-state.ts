import { randomBytes } from 'node:crypto'
import { checkOptions } from './check-options.ts'
import { Content } from './content.ts'
import { LiveReload } from './live-reload.ts'
import { addedMethods } from './rest/added-methods.ts'
import type { SandboxMethod } from './rest/added-methods.ts'
import type { Application, SandboxState } from './state.ts'
import { Tokens } from './tokens.ts'
import { troubleSwitches } from './trouble.ts'
import { Wire } from './wire.ts'

/** What the sandbox must know about the application, and where it listens: on this machine only. */
export interface SandboxOptions {
  /**
   * Origin of the application under test; without it an address of this machine with a free port, to be found in `env`.
   * Its handler is /placement, its install page /install, its events /events.
   */
  appUrl?: string
  clientId?: string
  clientSecret?: string
  /** The code in links; the client id without it, as for a local application. */
  appCode?: string
  scope?: string[]
  /** Port of the portal alpha, 0 for a free one. */
  port?: number
  /** Port of the authorization server, 0 for a free one. */
  oauthPort?: number
  /** File that keeps what people write on the portals; `:memory:`, which is forgotten at the end, without it. */
  database?: string
  /** REST methods that the sandbox lacks, or that are to answer something else, by their names. */
  methods?: Record<string, SandboxMethod>
  /** What the service logs: LOG_LEVEL in `env`, such as `silent` or `debug`. The service decides without it. */
  logLevel?: string
  /** Whether open pages of the portals load the application again when `reload` is called. */
  liveReload?: boolean
  /**
   * Whether example texts lead to screens of the application. `env` then has a key in LINKS_API_KEYS, with which the
   * portals ask for such links.
   */
  screenLinks?: boolean
}

const OPTIONS = {
  appUrl: true,
  clientId: true,
  clientSecret: true,
  appCode: true,
  scope: true,
  port: true,
  oauthPort: true,
  database: true,
  methods: true,
  logLevel: true,
  liveReload: true,
  screenLinks: true
} satisfies Record<keyof SandboxOptions, true>

/** @throws TypeError for an option that does not exist @internal */
export const checkSandboxOptions = (options: SandboxOptions): void => checkOptions('sandbox()', options, OPTIONS)

function applicationOf (
  { clientId = 'local.66ba434d853c87.18550109', clientSecret, appCode }: SandboxOptions, appUrl: string
): Application {
  return {
    id: 1,
    name: 'Demo widgets',
    clientId,
    clientSecret: clientSecret || randomBytes(25).toString('hex'),
    code: appCode ?? clientId,
    version: 1,
    status: 'L',
    handlerUrl: `${appUrl}/placement`,
    installUrl: `${appUrl}/install`,
    eventsUrl: `${appUrl}/events`
  }
}

function openContent (file: string): Content {
  try {
    return new Content(file)
  } catch (error) {
    // SQLite and its driver throw errors with a message.
    const { message } = error as Error
    throw new Error(`The database ${file} of the portals cannot be opened: ${message}. ` +
      'Name a file in a folder that exists, one that is new or of the sandbox.', { cause: error })
  }
}

/**
 * What the authorization server and the portals share, before anything listens.
 *
 * @throws when a method is no function, or the database cannot be opened, with a sentence about what to do
 * @internal
 */
export function initialState (options: SandboxOptions, appUrl: string): SandboxState {
  const application = applicationOf(options, appUrl)
  const wire = new Wire()
  const failures: Error[] = []
  wire.hide(application.clientSecret)
  return {
    application,
    authorizationServer: '',
    tokens: new Tokens(),
    trouble: troubleSwitches(),
    troubleSince: {},
    wire,
    methods: addedMethods(options.methods ?? {}, failures),
    failures,
    ...(options.screenLinks && { linksApiKey: randomBytes(32).toString('hex') }),
    ...(options.liveReload && { liveReload: new LiveReload() }),
    content: openContent(options.database ?? ':memory:'),
    portals: []
  }
}
