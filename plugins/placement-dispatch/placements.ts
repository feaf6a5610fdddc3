import type { Static, TObject } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, PlacementAbilities } from 'fastify'
import {
  PlacementAmbiguousError, PlacementBareError, PlacementCodeError, PlacementDuplicatedError, PlacementUnknownError
} from '../../src/errors.ts'
import { withPreHandlers } from '../../src/http/pre-handlers.ts'
import { compileOptions, reading } from '../../src/schemas/options-schema.ts'
import { isBare, matchesPattern } from '../../src/schemas/placement-code.ts'
import type { PlacementContext, PlacementDeclaration, PlacementHandler, PlacementSettings } from './declaration.ts'
import { createFeatures } from './features.ts'

/** A call to hand over. Whoever embeds the core alone has no REST to give to its handlers. */
export type DecodedContext =
  Omit<PlacementContext<Record<string, unknown>>, keyof PlacementAbilities> & Partial<PlacementAbilities>
type Answer = (context: DecodedContext, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
interface Entry extends PlacementDeclaration { answer: Answer }

// Landing blocks are named after their block, with dots and lower case; all other codes are upper case.
const allowed = /^[A-Za-z0-9_.*]{1,100}$/

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
      const { code, source } = declaration
      if (!allowed.test(code)) throw new PlacementCodeError(code)
      if (isBare(code)) throw new PlacementBareError(code, source)
      const other = exact.get(code)
      if (other !== undefined) throw new PlacementDuplicatedError(code, other.source, source)
      const rival = code.includes('*') ? families.find(family => overlap(family.code, code)) : undefined
      if (rival !== undefined) throw new PlacementAmbiguousError(`${rival.code} and ${code}`, rival.source, source)
      exact.set(code, declaration)
      if (code.includes('*')) families.push(declaration)
    },
    /** The declaration of exactly this code, which may be a pattern that the portal sends, else of its family. */
    find: (code: string): T | undefined =>
      exact.get(code) ?? families.find(family => matchesPattern(family.code, code)),
    all: (): readonly T[] => [...exact.values()]
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
    const { schema, preHandler, ...declaration } = settings
    registry.add({ ...declaration, code, source: instance.pluginName, answer: answering(instance, settings, handler) })
  }

  const placements = {
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
    },
    features: createFeatures()
  }
  return { declare, placements }
}
