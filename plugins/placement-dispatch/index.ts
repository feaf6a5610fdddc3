import { getCallSites } from 'node:util'
import { Type, type Static, type TObject } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { PlacementLateError, PlacementUnknownError } from '../../src/errors.ts'
import { compileOptions, reading } from '../../src/schemas/options-schema.ts'
import type { PortalRest } from '../portal-rest/rest-interface.ts'
import { createPlacementRegistry, type PlacementDeclaration, type PlacementRegistry } from './registry.ts'

/** What a handler knows of its call. All of it is proven but `options` and `uri`, which are text that a user can write. */
export interface PlacementContext<Options = unknown> {
  /** The placement code of the call, such as CRM_DYNAMIC_183_DETAIL_TAB */
  code: string
  options: Options
  /** The page that opened the widget: an absolute URL on the portal */
  uri: string | undefined
  portal: { memberId: string, domain: string, endpoint: string, scope: readonly string[], status: string }
  user: { id: number }
  /** The portal's REST interface, as the user who opened the widget; good as long as their token is */
  rest: PortalRest
  /** Interface language of the user: a code of Bitrix24, such as `en` or `la` */
  lang: string
}

export type PlacementRequest<Options> = FastifyRequest & { placement: PlacementContext<Options> }
export type PlacementHandler<Options> = (this: FastifyInstance, request: PlacementRequest<Options>, reply: FastifyReply) => Promise<unknown>

/** A declaration: what gets bound when the application is installed, and the schema that the handler's options are typed by. */
export interface PlacementSettings<T extends TObject> extends Omit<PlacementDeclaration, 'code' | 'source'> {
  schema?: { options?: T }
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Declares the handler of one placement code, several, or a family (`CRM_DYNAMIC_*_DETAIL_TAB`; an exact code wins).
     * Errors, at boot: PlacementDuplicatedError, PlacementAmbiguousError, PlacementCodeError, PlacementLateError.
     */
    placement: <T extends TObject = TObject>(code: string | readonly string[], options: PlacementSettings<T>, handler: PlacementHandler<Static<T>>) => FastifyInstance
    /** Answers calls of placements that nobody declared. Default: PlacementUnknownError. */
    setPlacementNotFoundHandler: (handler: PlacementHandler<Record<string, unknown>>) => FastifyInstance
    /** Hands a proven call to its handler. Errors: PlacementUnknownError, OptionsMismatchError. */
    dispatchPlacement: (context: PlacementContext<Record<string, unknown>>, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
    /** What is declared, in order: what an installation binds. */
    placements: () => readonly PlacementDeclaration[]
  }
  interface FastifyRequest {
    /** The call as its handler sees it; null until the call is proven */
    placement: PlacementContext | null
    /** The code or pattern that the call's handler is declared for, in our own words: fit for a log; null: none */
    declaredPlacement: string | null
  }
}

interface Entry extends PlacementDeclaration {
  answer: (context: PlacementContext<Record<string, unknown>>, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
}

/** Who answers: a registry of placement codes, because Fastify picks a route before it has read the body. */
async function placementDispatch (fastify: FastifyInstance) {
  const registry: PlacementRegistry<Entry> = createPlacementRegistry()
  let unknown: Entry['answer'] = async () => { throw new PlacementUnknownError() }
  let started = false
  fastify.addHook('onReady', async () => { started = true })

  function answering<T extends TObject> (instance: FastifyInstance, schema: T, handler: PlacementHandler<Static<T>>): Entry['answer'] {
    const toOptions = compileOptions(schema)
    return (context, request, reply) => {
      const placement: PlacementContext<Static<T>> = { ...context, options: reading(() => toOptions(context.options), request.log, { placement: request.declaredPlacement }) }
      return handler.call(instance, Object.assign(request, { placement }), reply)
    }
  }

  fastify.decorateRequest('placement', null)
  fastify.decorateRequest('declaredPlacement', null)
  fastify.decorate('placement', function placement (code, { schema, ...declaration }, handler) {
    const answer = answering(this, schema?.options ?? Type.Object({}), handler as PlacementHandler<unknown>)
    // Plugins are told apart by their file, the one that runs: most are called "plugin".
    const source = String(getCallSites(2, { sourceMap: false })[1]?.scriptName)
    for (const name of [code].flat()) {
      if (started) throw new PlacementLateError(name)
      registry.add({ ...declaration, code: name, source, answer })
    }
    return this
  })
  fastify.decorate('setPlacementNotFoundHandler', function setPlacementNotFoundHandler (handler) {
    unknown = answering(this, Type.Object({}), handler as PlacementHandler<unknown>)
    return this
  })
  fastify.decorate('dispatchPlacement', async function dispatchPlacement (context, request, reply) {
    const entry = registry.find(context.code)
    request.declaredPlacement = entry?.code ?? null
    return await (entry?.answer ?? unknown)(context, request, reply)
  })
  fastify.decorate('placements', () => registry.all())
}

export default fp(placementDispatch, { fastify: '5.x', name: 'b24-placement-dispatch' })
