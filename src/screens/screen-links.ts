import { createHash } from 'node:crypto'
import { LinkExpiredError, LinkSignatureError } from '../errors.ts'
import { LinkError, sliderLink, type LinkParams } from '../links.ts'
import type { LinkSigner } from './link-signature.ts'
import { carriedParams, type CarriedParams, type Screen } from './screen.ts'

/** The portal that a link is for: as in `request.placement.portal`. */
export interface LinkPortal {
  memberId: string
  /** Address of its REST interface */
  endpoint: string
}

/** A link that opens a screen. */
export interface ScreenLink {
  /** Tells links apart: by screen and parameters, whoever wrote them and whenever they expire */
  id: string
  /** Address relative to the portal: what to write into a message, so that it opens in a slider */
  path: string
  url: string
  /** Unix seconds; only of links that expire */
  expiresAt?: number
}

/** Both ways between a screen with its parameters and a link. */
export interface ScreenLinks {
  /**
   * Writes a link. Errors: OptionsMismatchError (with `parameter` and `expected`), LinkError for what a link cannot carry and for
   * a link that is too long.
   */
  write: (screen: Screen, params: Readonly<Record<string, unknown>>, portal: LinkPortal) => ScreenLink
  /**
   * Reads the options of a call that opens the screen. Errors: LinkSignatureError, LinkExpiredError, OptionsMismatchError.
   */
  read: (screen: Screen, options: Readonly<Record<string, unknown>>, memberId: string) => { params: Record<string, unknown>, linkId: string }
}

/** Chat programs cut longer ones, and so do proxies. */
const MAX_LENGTH = 2000
/** Seconds that the clocks of two machines may differ. */
const CLOCK_SKEW = 60

/** The same for the same screen and parameters. */
const idOf = (screen: string, carried: CarriedParams): string =>
  createHash('sha256').update(JSON.stringify([screen, carried])).digest('base64url').slice(0, 16)

/** Parameters as texts: openApplication brings numbers, a link brings text, and both open the same. */
const asTexts = (value: unknown): unknown => typeof value === 'object' && value !== null
  ? Array.isArray(value) ? value.map(asTexts) : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTexts(item)]))
  : String(value)

/** In: the code in links, what signs them, and the clock in milliseconds. */
export function createScreenLinks ({ appCode, signer, now }: { appCode: string, signer: LinkSigner, now: () => number }): ScreenLinks {
  const seconds = () => Math.floor(now() / 1000)

  function checkSignature ({ name, signed }: Screen, options: Readonly<Record<string, unknown>>, params: CarriedParams, memberId: string): void {
    if (signed === undefined) return
    const exp = options['exp'] === undefined ? undefined : String(options['exp'])
    if (!signer.verify({ appCode, memberId, screen: name, params, exp }, String(options['sig']))) throw new LinkSignatureError()
    if (signed === true) return
    // A link that lives longer than the screen allows now was written when it allowed more, or no end at all.
    const life = Number(exp ?? Infinity) - seconds()
    if (life > signed.expiresIn + CLOCK_SKEW || life <= 0) throw new LinkExpiredError()
  }

  return {
    write (screen, params, { memberId, endpoint }) {
      const { name, signed } = screen
      const carried = screen.write(params)
      const exp = typeof signed === 'object' ? String(seconds() + signed.expiresIn) : undefined
      const path = sliderLink(appCode, {
        screen: name,
        // What the screen wrote came out of a link.
        ...carried as LinkParams,
        ...(exp !== undefined && { exp }),
        ...(signed !== undefined && { sig: signer.sign({ appCode, memberId, screen: name, params: carried, exp }) })
      })
      const url = new URL(path, endpoint).href
      if (url.length > MAX_LENGTH) throw new LinkError('the link', `is ${url.length - MAX_LENGTH} characters longer than ${MAX_LENGTH}`)
      return { id: idOf(name, carried), path, url, ...(exp !== undefined && { expiresAt: Number(exp) }) }
    },

    read (screen, options, memberId) {
      const carried = asTexts(carriedParams(options)) as CarriedParams // an object stays one
      checkSignature(screen, options, carried, memberId)
      return { params: screen.read(carriedParams(options)), linkId: idOf(screen.name, carried) }
    }
  }
}
