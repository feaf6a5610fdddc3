import { getCallSites } from 'node:util'
import type { Static, TObject } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { ScreenError, ScreenUnknownError } from '../../src/errors.ts'
import { someKeys } from '../../src/crypto/keys.ts'
import { reading } from '../../src/schemas/options-schema.ts'
import { createLinkSigner } from './link-signature.ts'
import { createScreenLinks, type LinkOptions, type ScreenLink } from './screen-links.ts'
import { createScreen, type Screen, type ScreenDeclaration } from './screen.ts'
import type { PlacementContext } from '../placement-dispatch/index.ts'

/** What the handler of a screen knows of its call, besides `request.placement`. */
export interface ScreenContext<Params = unknown> {
  name: string
  /** Typed by the schema. **Text that a user can write**, unless the screen is signed */
  params: Params
  /** Tells links apart: by screen and parameters, however they are written */
  linkId: string
  /** User who wrote the link; only of signed links that a user wrote, so that nobody can claim to be somebody else */
  writtenBy: number | undefined
}

export type ScreenRequest<Params> = FastifyRequest & { screen: ScreenContext<Params>, placement: PlacementContext }
export type ScreenHandler<Params> = (this: FastifyInstance, request: ScreenRequest<Params>, reply: FastifyReply) => Promise<unknown>

/** A declaration without its name and file. */
export interface ScreenSettings<T extends TObject> extends Omit<ScreenDeclaration, 'name' | 'params' | 'source'> {
  params: T
}

/** One visit of a screen by a proven user. */
export interface ScreenVisit {
  screen: string
  linkId: string
  /** Typed parameters */
  params: Record<string, unknown>
  memberId: string
  userId: number
}

export interface ScreensOptions {
  /** The code in links: `#APP_CODE#` */
  appCode: string
  /** Keys of 32 bytes that sign links, newest first: the first signs, any of them verifies */
  keys: readonly Uint8Array[]
  /** Is told of every visit that the handler has answered, with a status below 400. Must not throw */
  opened?: (visit: ScreenVisit) => void
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  /** Parameters by name of the screen: the file of a screen adds its own, and `screenLink` is typed by it. */
  interface ScreenParams {}
  interface FastifyInstance {
    /** Declares a screen. Errors, at boot: ScreenError. */
    screen: <T extends TObject>(name: string, settings: ScreenSettings<T>, handler: ScreenHandler<Static<T>>) => FastifyInstance
    /** What is declared, in order. */
    screens: () => readonly Screen[]
    /** Writes a link to a screen. Errors: OptionsMismatchError, LinkError; ScreenUnknownError for a screen that nobody declared. */
    screenLink: <Name extends keyof ScreenParams & string>(name: Name, params: ScreenParams[Name], options: LinkOptions) => ScreenLink
    /** The same for a name and parameters that no compiler has seen, such as those of a form: text is turned into the declared types. */
    writeScreenLink: (name: string, params: Readonly<Record<string, unknown>>, options: LinkOptions) => ScreenLink
    /** The screen that the options of a call name; else the default one; undefined without. Errors: ScreenUnknownError. */
    screenOf: (options: Readonly<Record<string, unknown>>) => Screen | undefined
    /** Answers a proven call with a screen. Errors: LinkSignatureError, LinkExpiredError, OptionsMismatchError. */
    openScreen: (screen: Screen, request: FastifyRequest & { placement: PlacementContext }, reply: FastifyReply) => Promise<unknown>
  }
  interface FastifyRequest {
    /** The screen that was opened; null until then */
    screen: ScreenContext | null
  }
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** Typed routes behind the one placement of links: `params[screen]` chooses, a schema types what follows. */
async function screens (fastify: FastifyInstance, { appCode, keys, opened, now = Date.now }: ScreensOptions) {
  const links = createScreenLinks({ appCode, signer: createLinkSigner(someKeys(keys, 'screens')), now })
  const declared = new Map<string, { screen: Screen, answer: Answer }>()
  let started = false
  fastify.addHook('onReady', async () => { started = true })
  const find = (name: string) => {
    const entry = declared.get(name)
    if (entry === undefined) throw new ScreenUnknownError()
    return entry
  }

  fastify.decorateRequest('screen', null)
  fastify.decorate('screen', function screen (name, settings, handler) {
    const screen = createScreen({ name, ...settings, source: String(getCallSites(2, { sourceMap: false })[1]?.scriptName) })
    if (started) throw new ScreenError(name, 'is declared after the service has started')
    if (declared.has(name)) throw new ScreenError(name, 'is declared twice')
    const rival = screen.isDefault ? [...declared.values()].find(({ screen }) => screen.isDefault) : undefined
    if (rival !== undefined) throw new ScreenError(name, `is a second default one, beside ${rival.screen.name}`)
    // What `openScreen` sets below has the type of this schema.
    declared.set(name, { screen, answer: (request, reply) => handler.call(this, request as ScreenRequest<never>, reply) })
    return this
  })
  fastify.decorate('screens', () => [...declared.values()].map(({ screen }) => screen))
  fastify.decorate('writeScreenLink', (name, params, options) => links.write(find(name).screen, params, options))
  fastify.decorate('screenLink', (name, params, options) => fastify.writeScreenLink(name, params as Record<string, unknown>, options))
  fastify.decorate('screenOf', ({ screen: name }) => {
    if (name === undefined) return fastify.screens().find(({ isDefault }) => isDefault)
    // Whatever is no text names no screen.
    if (typeof name !== 'string') throw new ScreenUnknownError()
    return find(name).screen
  })
  fastify.decorate('openScreen', async (screen, request, reply) => {
    const { options, portal: { memberId }, user } = request.placement
    const { name } = screen
    const { params, linkId, writtenBy } = reading(() => links.read(screen, options as Record<string, unknown>, memberId), request.log, { screen: name })
    request.screen = { name, params, linkId, writtenBy }
    // The handler may change its parameters, and a screen that it refuses was not opened.
    const visit = { screen: name, linkId, params: structuredClone(params), memberId, userId: user.id }
    const answer = await find(name).answer(request, reply)
    if (reply.statusCode < 400) opened?.(visit)
    return answer
  })
}

export default fp(screens, { fastify: '5.x', name: 'b24-screens' })
