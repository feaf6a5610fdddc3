import type { Static, TObject } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { PlacementLateError, PlacementUnknownError } from '../../src/errors.ts'
import { withPreHandlers, type PreHandlers } from '../../src/http/pre-handlers.ts'
import { compileOptions, reading } from '../../src/schemas/options-schema.ts'
import type { PortalRest } from '../portal-rest/rest-interface.ts'
import { createPlacementRegistry, type PlacementDeclaration, type PlacementRegistry } from './registry.ts'

/** What a handler knows of its call. All of it is verified but `options` and `uri`, which a user can write. */
export interface PlacementContext<Options = unknown> {
  /** The placement code of the call, such as CRM_DYNAMIC_183_DETAIL_TAB */
  code: string
  options: Options
  /** The page that opened the widget: an absolute URL on the portal */
  uri: string | undefined
  portal: {
    memberId: string
    domain: string
    /** Web origin, such as https://portal.bitrix24.com */
    origin: string
    /** Address of the REST interface */
    endpoint: string
    scope: readonly string[]
    status: string
  }
  user: { id: number }
  /** The portal's REST interface, as the user who opened the widget; good as long as their token is */
  rest: PortalRest
  /** Interface language of the user: a code of Bitrix24, such as `en` or `la` */
  lang: string
}

export type PlacementRequest<Options> = FastifyRequest & { placement: PlacementContext<Options> }
export type PlacementHandler<Options> =
  (this: FastifyInstance, request: PlacementRequest<Options>, reply: FastifyReply) => Promise<unknown>

/** What gets bound when the application is installed, and the schema that the handler's options are typed by. */
export interface PlacementSettings<T extends TObject> extends Omit<PlacementDeclaration, 'code' | 'source'> {
  /** Without `options` the handler gets what was decoded, as text */
  schema?: { options?: T }
  /** Runs before the handler, as in a route, with `request.placement` set: may throw or reply */
  preHandler?: PreHandlers<PlacementRequest<Static<T>>>
}

type Codes = string | readonly string[]

/**
 * Declares the handler of one placement code, several, or a family (`CRM_DYNAMIC_*_DETAIL_TAB`; an exact code wins).
 *
 * @throws PlacementDuplicatedError, PlacementAmbiguousError, PlacementBareError, PlacementCodeError, PlacementLateError
 */
interface DeclarePlacement {
  (code: Codes, handler: PlacementHandler<Static<TObject>>): FastifyInstance
  <T extends TObject = TObject>(
    code: Codes, settings: PlacementSettings<T>, handler: PlacementHandler<Static<T>>): FastifyInstance
}

type DecodedContext = PlacementContext<Record<string, unknown>>
type Answer = (context: DecodedContext, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
interface Entry extends PlacementDeclaration { answer: Answer }

declare module 'fastify' {
  interface FastifyInstance {
    placement: DeclarePlacement
    placements: ReturnType<typeof createPlacements>
  }
  interface FastifyRequest {
    /** The call as its handler sees it; null until the call is verified */
    placement: PlacementContext | null
    /** The code or pattern that the call's handler is declared for, in our own words: fit for a log; null: none */
    declaredPlacement: string | null
  }
}

function answering<T extends TObject> (
  instance: FastifyInstance, { schema, preHandler }: PlacementSettings<T>, handler: PlacementHandler<Static<T>>
): Answer {
  const answer = withPreHandlers(instance, preHandler, handler)
  const toOptions = schema?.options === undefined
    ? (options: Record<string, unknown>) => options as Static<T> // nothing is said of them
    : compileOptions(schema.options)
  return async (context, request, reply) => {
    const { declaredPlacement } = request
    const options = reading(() => toOptions(context.options), request.log, { placement: declaredPlacement })
    return await answer(Object.assign(request, { placement: { ...context, options } }), reply)
  }
}

function createPlacements (fastify: FastifyInstance, registry: PlacementRegistry<Entry>) {
  let unknown: Answer = async () => { throw new PlacementUnknownError() }
  return {
    /** What is declared, in order: what an installation binds. */
    all: (): readonly PlacementDeclaration[] => registry.all(),
    /** Hands a verified call to its handler. Throws PlacementUnknownError, OptionsMismatchError. */
    dispatch: async (context: DecodedContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const entry = registry.find(context.code)
      request.declaredPlacement = entry?.code ?? null
      return await (entry?.answer ?? unknown)(context, request, reply)
    },
    /** Answers calls of placements that nobody declared. Default: PlacementUnknownError. */
    setNotFoundHandler: (handler: PlacementHandler<Record<string, unknown>>): void => {
      unknown = answering(fastify, {}, handler)
    }
  }
}

/** Who answers: a registry of placement codes, because Fastify picks a route before it has read the body. */
async function placementDispatch (fastify: FastifyInstance) {
  const registry: PlacementRegistry<Entry> = createPlacementRegistry()
  let isStarted = false
  fastify.addHook('onReady', async () => { isStarted = true })

  function placement<T extends TObject> (
    this: FastifyInstance, codes: Codes,
    ...given: [PlacementHandler<Static<T>>] | [PlacementSettings<T>, PlacementHandler<Static<T>>]
  ): FastifyInstance {
    const [settings, handler] = given.length === 1 ? [{}, given[0]] : given
    const { schema, preHandler, ...declaration } = settings
    for (const code of [codes].flat()) {
      if (isStarted) throw new PlacementLateError(code)
      registry.add({ ...declaration, code, source: this.pluginName, answer: answering(this, settings, handler) })
    }
    return this
  }

  fastify.decorateRequest('placement', null)
  fastify.decorateRequest('declaredPlacement', null)
  fastify.decorate('placements', createPlacements(fastify, registry))
  fastify.decorate('placement', placement)
}

export default fp(placementDispatch, { fastify: '5.x', name: 'b24-placement-dispatch' })
