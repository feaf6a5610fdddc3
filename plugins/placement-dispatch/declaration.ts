import type { Static, TObject } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, PlacementAbilities } from 'fastify'
import type { PreHandlers } from '../../src/http/pre-handlers.ts'
import type { Texts } from '../../src/schemas/placement.ts'

declare module 'fastify' {
  /** What other plugins add to the context of a handler, such as `rest` */
  interface PlacementAbilities {}
}

/** What a handler knows of its call. Portal, user and `rest` are verified; all else is text that a user can write. */
export interface PlacementContext<Options = unknown> extends PlacementAbilities {
  /** The placement that the handler is declared for, or of that family, such as CRM_DYNAMIC_183_DETAIL_TAB */
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
  /** Interface language of the user: a code of Bitrix24, such as `en` or `la` */
  lang: string
}

/** A verified call of a placement, with options of the declared types. */
export type PlacementRequest<Options> = FastifyRequest & { placement: PlacementContext<Options> }
/** Answers the calls of a placement, as the handler of a route does. */
export type PlacementHandler<Options> =
  (this: FastifyInstance, request: PlacementRequest<Options>, reply: FastifyReply) => Promise<unknown>

/** What a plugin says of the placement it handles. */
export interface PlacementDeclaration {
  /** A code, or a pattern of a family with `*` in it */
  code: string
  /** Tells it from other handlers of the same code, as a part of its address: `notes` in `/placement?handler=notes` */
  name?: string
  /** Shown on the tab, button or menu item. Without it the portal shows the application's name */
  title?: Texts
  description?: Texts
  /** Heading under which some placements are grouped */
  groupName?: Texts
  /** The name of an image, and the image in base64 */
  icon?: readonly [name: string, base64: string]
  /** Shows it to one user only; PAGE_BACKGROUND_WORKER alone can */
  userId?: number
  /** OPTIONS of placement.bind, for placements that take some */
  bindOptions?: Readonly<Record<string, string | number>>
  /** false: the installation leaves it alone, for placements that other methods register (userfieldtype.add, …) */
  bind?: boolean
  /** The file that declared it: what a boot error names */
  source: string
}

/** What gets bound when the application is installed. */
export interface BindSettings extends Omit<PlacementDeclaration, 'code' | 'icon' | 'source'> {
  /** An image of at most 32 KB: `new URL('./icon.png', import.meta.url)`, or an absolute path */
  icon?: URL | string
}

/** What gets bound, and the schema that the handler's options are typed by. */
export interface PlacementSettings<T extends TObject> extends BindSettings {
  /** Without `options` the handler gets what was decoded, as text */
  schema?: { options?: T }
  /** Runs before the handler, as in a route, with `request.placement` set: may throw or reply */
  preHandler?: PreHandlers<PlacementRequest<Static<T>>>
}

export type Codes = string | readonly string[]

/**
 * Declares the handler of one placement code, several, or a family (`CRM_DYNAMIC_*_DETAIL_TAB`; an exact code wins).
 *
 * @throws PlacementDuplicatedError, PlacementAmbiguousError, PlacementBareError, PlacementCodeError,
 *   PlacementSettingError, PlacementLateError
 */
export interface DeclarePlacement {
  (code: Codes, handler: PlacementHandler<Static<TObject>>): FastifyInstance
  <T extends TObject = TObject>(
    code: Codes, settings: PlacementSettings<T>, handler: PlacementHandler<Static<T>>): FastifyInstance
}
