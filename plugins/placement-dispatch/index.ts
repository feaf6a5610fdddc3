import type { Static, TObject } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { PlacementCodeError, PlacementLateError } from '../../src/errors.ts'
import type { Codes, DeclarePlacement, PlacementContext, PlacementHandler, PlacementSettings } from './declaration.ts'
import { createPlacements } from './placements.ts'

export type {
  PlacementContext, PlacementDeclaration, PlacementHandler, PlacementRequest, PlacementSettings
} from './declaration.ts'
export type { Feature, HomeSection } from './features.ts'

declare module 'fastify' {
  interface FastifyInstance {
    placement: DeclarePlacement
    placements: ReturnType<typeof createPlacements>['placements']
  }
  interface FastifyRequest {
    /** The call as its handler sees it; null until the call is verified */
    placement: PlacementContext | null
    /** The code or pattern that the call's handler is declared for, in our own words: fit for a log; null: none */
    declaredPlacement: string | null
  }
}

/** Who answers: a registry of placement codes, because Fastify picks a route before it has read the body. */
async function placementDispatch (fastify: FastifyInstance) {
  const { declare, placements } = createPlacements(fastify)
  let isStarted = false
  fastify.addHook('onReady', async () => { isStarted = true })

  function placement<T extends TObject> (
    this: FastifyInstance, codes: Codes,
    ...given: [PlacementHandler<Static<T>>] | [PlacementSettings<T>, PlacementHandler<Static<T>>]
  ): FastifyInstance {
    const [settings, handler] = given.length === 1 ? [{}, given[0]] : given
    for (const code of [codes].flat()) {
      if (typeof code !== 'string') throw new PlacementCodeError(String(code))
      if (isStarted) throw new PlacementLateError(code)
      declare(this, code, settings, handler)
    }
    return this
  }

  fastify.decorateRequest('placement', null)
  fastify.decorateRequest('declaredPlacement', null)
  fastify.decorate('placements', placements)
  fastify.decorate('placement', placement)
}

export default fp(placementDispatch, { fastify: '5.x', name: 'b24-placement-dispatch' })
