import type { Static, TObject } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OptionsMismatchError, ScreenError, ScreenUnknownError } from '../../src/errors.ts'
import type { PreHandlers } from '../../src/http/pre-handlers.ts'
import { audit } from '../../src/log/audit.ts'
import { reading } from '../../src/schemas/options-schema.ts'
import type { PlacementContext } from '../placement-dispatch/index.ts'
import { createScreen, type Screen, type ScreenDeclaration } from './screen.ts'
import type { createScreenLinks } from './screen-links.ts'
import type { ScreenVisit } from './visits/visits.ts'

/** What the handler of a screen knows of its call, besides `request.placement`. */
export interface ScreenContext<Params = unknown> {
  name: string
  /** Typed by the schema. **Text that a user can write**, unless the screen is signed */
  params: Params
  /** Tells links apart: by screen and parameters, however they are written */
  linkId: string
  /** User who wrote the link; only of signed links, so that nobody can claim to be somebody else */
  writtenBy: number | undefined
}

/** A verified call that opens a screen, with parameters of the declared types. */
export type ScreenRequest<Params> = FastifyRequest & { screen: ScreenContext<Params>, placement: PlacementContext }
/** Answers the calls that open a screen, as the handler of a route does. */
export type ScreenHandler<Params> =
  (this: FastifyInstance, request: ScreenRequest<Params>, reply: FastifyReply) => Promise<unknown>

/** What a screen declares, besides its name and its handler. */
export interface ScreenSettings<T extends TObject> extends Omit<ScreenDeclaration, 'name' | 'source' | 'params'> {
  schema: { params: T }
  /** Runs before the handler, as in a route, with `request.screen` set: may throw or reply */
  preHandler?: PreHandlers<ScreenRequest<Static<T>>>
}

export type DeclareScreen = <T extends TObject>(
  this: FastifyInstance, name: string, settings: ScreenSettings<T>, handler: ScreenHandler<Static<T>>
) => FastifyInstance

type ScreenCall = FastifyRequest & { placement: PlacementContext }
/** Answers a call once it has a `request.screen`, which `open` sets. */
export type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
interface Entry { screen: Screen, answer: Answer }

interface ScreensOptions {
  links: ReturnType<typeof createScreenLinks>
  /** Called for each visit */
  count: (visit: ScreenVisit) => void
  /** What people call a parameter of the screen, in a language of Bitrix24 */
  labelOf: (screen: Screen, parameter: string, lang: string) => string
}

/** The declared screens: typed routes behind the one placement of links. `params[screen]` chooses. */
export function createScreens ({ links, count, labelOf }: ScreensOptions) {
  const declared = new Map<string, Entry>()
  let isStarted = false

  function find (name: unknown) {
    const entry = typeof name === 'string' ? declared.get(name) : undefined
    if (entry === undefined) throw new ScreenUnknownError()
    return entry
  }
  const findDefault = () => [...declared.values()].find(({ screen }) => screen.isDefault)

  async function answerWith ({ screen, answer }: Entry, request: ScreenCall, reply: FastifyReply): Promise<unknown> {
    const { options, portal: { memberId }, user } = request.placement
    const { name } = screen
    const read = () => links.read(screen, options as Record<string, unknown>, memberId)
    const { params, linkId, writtenBy } = reading(read, request.log, { screen: name })
    request.screen = { name, params, linkId, writtenBy }
    if (screen.signed !== undefined) {
      const { ip, log } = request
      audit(log, 'link.opened', { ip, member: memberId, user: user.id, screen: name, link: linkId, writtenBy })
    }
    // The handler may change its parameters, and a link that it refuses was not opened.
    const visit = { screen: name, linkId, params: structuredClone(params), memberId, userId: user.id }
    const answered = await answer(request, reply)
    if (reply.statusCode < 400) count(visit)
    return answered
  }

  /** The error page names a wrong parameter as the composer does. */
  function addLabel (error: unknown, screen: Screen, lang: string): void {
    if (!(error instanceof OptionsMismatchError && 'parameter' in error)) return
    Object.assign(error, { label: labelOf(screen, String(error.parameter), lang) })
  }

  return {
    /** @throws {ScreenError} for a screen that could not be told apart, or comes too late */
    declare (declaration: ScreenDeclaration, answer: Answer): void {
      const { name, source } = declaration
      const screen = createScreen(declaration)
      const refuse = (what: string) => { throw new ScreenError(name, source, what) }
      if (isStarted) refuse('comes after the service has started')
      const other = declared.get(name)
      if (other !== undefined) refuse(`is declared in ${other.screen.source}, too`)
      const rival = screen.isDefault ? findDefault() : undefined
      if (rival !== undefined) refuse(`is a second default one, beside ${rival.screen.name}`)
      declared.set(name, { screen, answer })
    },
    /** No more screens can be declared. */
    start (): void {
      isStarted = true
    },
    all: (): readonly Screen[] => [...declared.values()].map(({ screen }) => screen),
    /** @throws {ScreenUnknownError} */
    find: (name: string): Screen => find(name).screen,
    /**
     * Answers a verified call with the screen that it names, else with the default one; undefined: there is none.
     *
     * @throws {ScreenUnknownError}, {LinkSignatureError}, {LinkExpiredError}, {OptionsMismatchError}
     */
    open (request: ScreenCall, reply: FastifyReply): Promise<unknown> | undefined {
      const { options, lang } = request.placement
      const { screen: name } = options as { screen?: unknown } // options are an object
      const entry = name === undefined ? findDefault() : find(name)
      return entry && answerWith(entry, request, reply).catch((error: unknown) => {
        addLabel(error, entry.screen, lang)
        throw error
      })
    }
  }
}
