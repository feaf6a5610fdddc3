import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { decodePlacementOptions, resolveUri, type PlacementOptions } from './decode.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Decodes PLACEMENT_OPTIONS.
     *
     * @param origin of the verified portal
     * @returns plain options, and the page that opened the widget as an absolute URL on that portal, if it is one
     * @throws OptionsMalformedError
     */
    decodePlacementOptions: (text: string | undefined, origin: string) => PlacementOptions
  }
}

/** What they sent: from the JSON text in a form field to plain data. */
async function placementOptions (fastify: FastifyInstance) {
  fastify.decorate('decodePlacementOptions', (text: string | undefined, origin: string) => {
    const { options, uri } = decodePlacementOptions(text)
    return { options, uri: resolveUri(uri, origin) }
  })
}

export default fp(placementOptions, { fastify: '5.x', name: 'b24-placement-options' })
