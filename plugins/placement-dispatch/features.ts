import type { FastifyReply, FastifyRequest } from 'fastify'
import { cleanError } from '../../src/log/clean-error.ts'
import type { PlacementContext } from './declaration.ts'

export type FeatureRequest = FastifyRequest & { placement: PlacementContext }

/** A view, and its data. */
export interface HomeSection {
  view: string
  data: object
  /** This is what people come to the home for: the page is headed by it, and nothing else asks for attention. */
  isJob?: boolean
}

/** What a feature adds to the two placements that every application starts with: REST_APP_URI and DEFAULT, the home. */
export interface Feature {
  /** Answers a call in place of the page of its placement; undefined: leaves it to others. */
  answer?: (request: FeatureRequest, reply: FastifyReply) => Promise<unknown> | undefined
  /** A section of the home; undefined: none for this user. */
  homeSection?: (request: FeatureRequest) => Promise<HomeSection | undefined>
}

/** Lets features above the core, such as links to screens, take part in the core's own pages. */
export function createFeatures () {
  const features: Feature[] = []
  return {
    /** Adds a feature, at boot. */
    add (feature: Feature): void {
      features.push(feature)
    },
    /** The answer of the first feature that has one; undefined: none has. */
    answer (request: FeatureRequest, reply: FastifyReply): Promise<unknown> | undefined {
      for (const { answer } of features) {
        const answering = answer?.(request, reply)
        if (answering !== undefined) return answering
      }
      return undefined
    },
    /** The sections of the home, in order. One that fails is logged and left out. */
    async homeSections (request: FeatureRequest): Promise<HomeSection[]> {
      const sections = await Promise.all(features.map(async ({ homeSection }) => {
        try {
          return await homeSection?.(request)
        } catch (error) {
          request.log.error({ err: cleanError(error, request) }, 'a section of the home cannot be shown')
          return undefined
        }
      }))
      return sections.filter(section => section !== undefined)
    }
  }
}
