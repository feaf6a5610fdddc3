import type { Static, TObject } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, PlacementAbilities } from 'fastify'
import { handlers } from '../../src/diagnostics/channels.ts'
import {
  PlacementAmbiguousError, PlacementBareError, PlacementCodeError, PlacementDuplicatedError, PlacementSettingError,
  PlacementUnknownError
} from '../../src/errors.ts'
import { readableError } from '../../src/http/http-error.ts'
import { arePreHandlers, withPreHandlers } from '../../src/http/pre-handlers.ts'
import { compileOptions, isObjectSchema, reading } from '../../src/schemas/options-schema.ts'
import { textIn } from '../../src/schemas/placement.ts'
import { handlerKey, isBare, matchesPattern } from '../../src/schemas/placement-code.ts'
import { toDeclaration } from './check-settings.ts'
import type { PlacementContext, PlacementDeclaration, PlacementHandler, PlacementSettings } from './declaration.ts'
import { createFeatures } from './features.ts'

/** A call to hand over. Whoever embeds the core alone has no REST to give to its handlers. */
export type DecodedContext =
  Omit<PlacementContext<Record<string, unknown>>, keyof PlacementAbilities> & Partial<PlacementAbilities>
type Answer = (context: DecodedContext, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
interface Entry extends PlacementDeclaration { key: string, answer: Answer }

// Landing blocks are named after their block, with dots and lower case. A portal sends all other codes in upper case,
// in whatever case they were bound.
const allowed = /^(?=.{1,100}$)(?:LANDING_BLOCK_[A-Za-z0-9_.*]+|[A-Z0-9_*]+)$/

/** Whether some code is matched by both patterns. Walks both at once; a star stands for one or more characters. */
function overlap (one: string, other: string): boolean {
  if (one === '' || other === '') return one === other
  if (one.startsWith('*') || other.startsWith('*')) {
    const [star, rest] = one.startsWith('*') ? [one, other] : [other, one]
    // The star takes the first character of the other side and either goes on or ends.
    return rest.startsWith('*')
      ? overlap(star.slice(1), rest.slice(1)) || overlap(star.slice(1), rest) || overlap(star, rest.slice(1))
      : overlap(star, rest.slice(1)) || overlap(star.slice(1), rest.slice(1))
  }
  return one[0] === other[0] && overlap(one.slice(1), other.slice(1))
}

/** The declared codes and families. */
export function createPlacementRegistry<T extends PlacementDeclaration> () {
  const exact = new Map<string, T>()
  const families: T[] = []
  return {
    /** Throws PlacementCodeError, PlacementBareError, PlacementDuplicatedError, PlacementAmbiguousError. */
    add (declaration: T): void {
      const { code, name, source } = declaration
      const key = handlerKey(code, name)
      if (!allowed.test(code)) throw new PlacementCodeError(code)
      if (isBare(code)) throw new PlacementBareError(code, source)
      const other = exact.get(key)
      if (other !== undefined) throw new PlacementDuplicatedError(key, other.source, source)
      const rivals = code.includes('*') ? families.filter(family => family.name === name) : []
      const rival = rivals.find(family => overlap(family.code, code))
      if (rival !== undefined) throw new PlacementAmbiguousError(`${rival.code} and ${code}`, rival.source, source)
      exact.set(key, declaration)
      if (code.includes('*')) families.push(declaration)
    },
    /** The declaration of exactly this code, which may be a pattern that the portal sends, else of its family. */
    find (code: string, name?: string): T | undefined {
      const declared = exact.get(name === undefined ? code : handlerKey(code, name))
      // A posted code that looks like a key of ours is none.
      if (declared?.code === code) return declared
      return families.find(family => family.name === name && matchesPattern(family.code, code))
    },
    all: (): readonly T[] => [...exact.values()]
  }
}

type ToOptions = (options: Record<string, unknown>) => Record<string, unknown>

function answering<T extends TObject> (
  instance: FastifyInstance, preHandler: PlacementSettings<T>['preHandler'], handler: PlacementHandler<Static<T>>,
  toOptions: ToOptions = options => options // nothing is said of them
): Answer {
  const answer = withPreHandlers(instance, preHandler, handler)
  return async (context, request, reply) => {
    const { declaredPlacement } = request
    const read = reading(() => toOptions(context.options), request.log, { placement: declaredPlacement })
    const options = read as Static<T> // What the schema says, or anything
    return await answer(Object.assign(request, { placement: Object.assign(context, { options }) }), reply)
  }
}

/** The placements of an application: what is declared, and who answers a call. */
export function createPlacements (fastify: FastifyInstance) {
  const registry = createPlacementRegistry<Entry>()
  let unknown: Answer = async () => { throw new PlacementUnknownError() }

  function declare<T extends TObject> (
    instance: FastifyInstance, code: string, settings: PlacementSettings<T>, handler: PlacementHandler<Static<T>>
  ): void {
    const source = instance.pluginName
    const must = (isMet: boolean, what: string) => { if (!isMet) throw new PlacementSettingError(code, source, what) }
    must(typeof settings === 'object' && settings !== null, 'its settings must be an object')
    must(typeof handler === 'function', 'it needs a handler, a function, as the last argument')
    const { schema, preHandler, ...declaration } = settings
    const isSchema = Object.entries(Object(schema)).every(([key, value]) => key === 'options' && isObjectSchema(value))
    must(isSchema, 'its schema must be { options: Type.Object({ … }) }')
    must(arePreHandlers(preHandler), 'its preHandler must be a function, or a list of functions')
    const toOptions = schema?.options && compileOptions(schema.options,
      what => new PlacementSettingError(code, source, `it has ${what}`))
    registry.add({
      ...toDeclaration(code, source, declaration),
      key: handlerKey(code, declaration.name),
      answer: answering(instance, preHandler, handler, toOptions)
    })
  }

  const placements = {
    /** What is declared, in order: what an installation binds. */
    all: (): readonly PlacementDeclaration[] => registry.all(),
    /** The declared title of a handler in a language, by its key; '' without one. */
    titleOf: (key: string, lang: string): string => {
      const [code = '', name] = key.split(':')
      return textIn(registry.find(code, name)?.title ?? '', lang)
    },
    /**
     * Hands a verified call to its handler: the one of this name, where a placement has several.
     *
     * @param name text that a user can edit; it chooses among the handlers that are declared for the code
     * @throws PlacementUnknownError, OptionsMismatchError
     */
    dispatch: async (
      context: DecodedContext, request: FastifyRequest, reply: FastifyReply, name?: string
    ): Promise<unknown> => {
      const entry = registry.find(context.code, name)
      request.declaredPlacement = entry?.key ?? null
      try {
        const answer = await handlers.tracePromise(entry?.answer ?? unknown, {}, undefined, context, request, reply)
        // What has a type is on its way: a hook may hold it.
        const isOnItsWay = reply.sent || reply.raw.headersSent || reply.hasHeader('content-type')
        const isNothing = answer === undefined && reply.statusCode === 200 && !isOnItsWay
        // Fastify would send an empty page.
        if (isNothing) throw new TypeError(`the handler of ${entry?.key} must return reply.page(…)`)
        return answer
      } catch (error) {
        throw readableError(error)
      }
    },
    /** Answers calls of placements that nobody declared. Default: PlacementUnknownError. */
    setNotFoundHandler: (handler: PlacementHandler<Record<string, unknown>>): void => {
      unknown = answering(fastify, undefined, handler)
    },
    features: createFeatures()
  }
  return { declare, placements }
}
